import JSON
import ModuleIdentities
import ModuleTwins
import Testing

@Suite struct TwinTests {
    /// 2026-11-23T02:29:07.123Z
    private static let now: Int64 = 1_795_400_947_123
    private var twin = Twin(identity: ModuleIdentity(deviceID: "Hannover01", moduleID: "insight"), generation: 42, nowMs: now)

    private func patched(_ desired: JSONObject) throws -> Twin {
        var twin = twin
        _ = try twin.update(desired: desired, nowMs: TwinTests.now)
        return twin
    }

    @Test func `a new twin is at version 1`() {
        #expect(twin.desired.version == 1)
        #expect(twin.reported.version == 1)
        #expect(twin.etag == "AAAAAAAAAAE=")
        #expect(twin.desired.tree.isEmpty)
    }

    @Test mutating func `each accepted change counts its section and changes the etag`() throws {
        var etags = [twin.etag]
        _ = try twin.update(desired: ["a": 1], nowMs: 1000)
        etags.append(twin.etag)
        #expect(try twin.report(["b": 2], nowMs: 2000) == 2)
        etags.append(twin.etag)
        #expect(try twin.update(tags: ["c": 3], nowMs: 3000) == nil)
        etags.append(twin.etag)
        _ = try twin.patchDesired(["d": 4], nowMs: 4000)
        etags.append(twin.etag)
        #expect(Set(etags).count == 5)
        #expect(twin.desired.version == 3)
        #expect(twin.desired.lastUpdatedMs == 4000)
        #expect(twin.reported.lastUpdatedMs == 2000)
        #expect(twin.generation == 42)
    }

    @Test mutating func `desired properties and tags change in one step or not at all`() throws {
        #expect(try twin.update(desired: ["a": 1], tags: ["b": 2], nowMs: 1) == ["a": 1])
        #expect(twin.revision == 2)
        let before = twin
        #expect(throws: TwinError.self) { try twin.update(desired: ["x": .integer(.max)], tags: ["y": 2], nowMs: 2) }
        #expect(throws: TwinError.self) { try twin.update(desired: ["x": 1], tags: ["y": .integer(.max)], nowMs: 2) }
        #expect(twin == before)
    }

    @Test mutating func `an update with the etag of an earlier twin is a conflict`() throws {
        let old = twin.etag
        _ = try twin.update(desired: ["a": 1], ifMatch: old, nowMs: 1)
        let error = #expect(throws: TwinError.self) { try twin.update(desired: ["a": 2], ifMatch: old, nowMs: 1) }
        #expect(error?.kind == .conflict)
        #expect(error?.reason == "/devices/Hannover01/modules/insight: the etag asked for is AAAAAAAAAAE=; the current one is AAAAAAAAAAI=")
        #expect(throws: TwinError.self) { try twin.update(tags: ["a": 2], ifMatch: old, nowMs: 1) }
        #expect(twin.desired.properties == ["a": 1])
        _ = try twin.update(desired: ["a": 3], ifMatch: "*", nowMs: 1)
        _ = try twin.update(desired: ["a": 4], ifMatch: "\"\(twin.etag)\"", nowMs: 1)
        #expect(twin.desired.version == 4)
    }

    @Test(arguments: [false, true])
    func `the desired version in an update is a lock, and metadata there says nothing`(replaces: Bool) throws {
        var twin = try patched(["a": 1])
        let notice = try twin.update(
            desired: ["b": 2, "$version": 2, "$metadata": ["$lastUpdated": "x"]], replaces: replaces, nowMs: 1)
        #expect(notice == (replaces ? ["a": nil, "b": 2] : ["b": 2]))
        #expect(twin.desired.properties == (replaces ? ["b": 2] : ["a": 1, "b": 2]))
        let before = twin
        for stale in [2, 4, -1] as [JSON] {
            let error = #expect(throws: TwinError.self) {
                try twin.update(desired: ["b": 3, "$version": stale], replaces: replaces, nowMs: 1)
            }
            #expect(error?.kind == .conflict)
            #expect(error?.reason == "desired.$version: the version asked for is \(stale.text); the current version is 3")
        }
        for wrong in ["3", 3.0, nil, ["3": 3]] as [JSON] {
            let error = #expect(throws: TwinError.self) { try twin.update(desired: ["$version": wrong], replaces: replaces, nowMs: 1) }
            #expect(error?.kind == .invalid)
            #expect(error?.path == "desired.$version")
        }
        #expect(throws: TwinError.self) { try twin.update(tags: ["$version": 3], nowMs: 1) }
        #expect(throws: TwinError.self) { try twin.update(desired: ["a": ["$version": 3]], nowMs: 1) }
        #expect(twin == before)
    }

    @Test mutating func `neither module nor manifest have a lock`() {
        for update in [["$version": 1], ["$metadata": [:]]] as [JSONObject] {
            #expect(throws: TwinError.self) { try twin.report(update, nowMs: 1) }
            #expect(throws: TwinError.self) { try twin.patchDesired(update, nowMs: 1) }
        }
    }

    @Test mutating func `a replacement tells the module what is gone`() throws {
        _ = try twin.update(desired: ["a": 1, "b": ["c": 1, "d": 2]], tags: ["floor": 1], nowMs: 1)
        let before = twin.desired.properties
        let notice = try twin.update(desired: ["b": ["d": 3], "e": 4], tags: ["room": 2, "none": nil], replaces: true, nowMs: 2)
        #expect(notice == ["a": nil, "b": ["c": nil, "d": 3], "e": 4])
        #expect(try before.merged(with: #require(notice)) == twin.desired.properties)
        #expect(twin.tags.properties == ["room": 2])
        #expect(try twin.update(desired: [:], replaces: true, nowMs: 3) == ["b": nil, "e": nil])
        #expect(twin.desired.tree.isEmpty)
    }

    @Test mutating func `the device sees two sections with versions and nothing else`() throws {
        _ = try twin.update(desired: ["threshold": 25], tags: ["floor": 2], nowMs: TwinTests.now)
        #expect(JSON.object(twin.deviceView).text == #"{"desired":{"threshold":25,"$version":2},"reported":{"$version":1}}"#)
    }

    @Test mutating func `the operator sees the whole document of a module`() throws {
        _ = try twin.update(desired: ["threshold": 25, "control": ["p": 1, "list": [["x": 1]]]], tags: ["floor": 2], nowMs: TwinTests.now)
        _ = try twin.update(desired: ["control": ["p": 2]], nowMs: TwinTests.now + 1)
        _ = try twin.report(["state": "ok"], nowMs: TwinTests.now + 2)
        let standing = TwinStanding(
            isConnected: true, lastActivityMs: TwinTests.now, authenticationType: "sas", deviceEtag: "AAAAAAAAAAU=")
        #expect(
            JSON.object(twin.serviceView(standing)).text == """
                {"deviceId":"Hannover01","moduleId":"insight","etag":"AAAAAAAAAAQ=","deviceEtag":"AAAAAAAAAAU=","status":"enabled",\
                "statusReason":null,"statusUpdateTime":"0001-01-01T00:00:00","connectionState":"Connected",\
                "lastActivityTime":"2026-11-23T02:29:07.123Z","cloudToDeviceMessageCount":0,"authenticationType":"sas",\
                "x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"modelId":"","version":4,"tags":{"floor":2},\
                "configurations":{},"properties":{"desired":{"threshold":25,"control":{"p":2,"list":[{"x":1}]},"$metadata":{\
                "$lastUpdated":"2026-11-23T02:29:07.124Z","$lastUpdatedVersion":3,\
                "threshold":{"$lastUpdated":"2026-11-23T02:29:07.123Z","$lastUpdatedVersion":2},\
                "control":{"$lastUpdated":"2026-11-23T02:29:07.124Z","$lastUpdatedVersion":3,\
                "p":{"$lastUpdated":"2026-11-23T02:29:07.124Z","$lastUpdatedVersion":3},\
                "list":{"$lastUpdated":"2026-11-23T02:29:07.123Z","$lastUpdatedVersion":2}}},"$version":3},\
                "reported":{"state":"ok","$metadata":{"$lastUpdated":"2026-11-23T02:29:07.125Z",\
                "state":{"$lastUpdated":"2026-11-23T02:29:07.125Z"}},"$version":2}}}
                """)
    }

    @Test func `the operator sees the scopes of a device, and times that are not known`() {
        let device = Twin(identity: ModuleIdentity(deviceID: "D"), generation: 637_000, nowMs: -1)
        let standing = TwinStanding(isConnected: false, authenticationType: "none", deviceEtag: "x")
        #expect(
            JSON.object(device.serviceView(standing)).text == """
                {"deviceId":"D","etag":"AAAAAAAAAAE=","deviceEtag":"x","status":"enabled",\
                "statusReason":null,"statusUpdateTime":"0001-01-01T00:00:00","connectionState":"Disconnected",\
                "lastActivityTime":"0001-01-01T00:00:00","cloudToDeviceMessageCount":0,"authenticationType":"none",\
                "x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"modelId":"","version":1,"tags":{},\
                "configurations":{},"capabilities":{"iotEdge":true},"deviceScope":"ms-azure-iot-edge://D-637000","parentScopes":[],\
                "properties":{"desired":{"$metadata":{"$lastUpdated":"1970-01-01T00:00:00.000Z"},"$version":1},\
                "reported":{"$metadata":{"$lastUpdated":"1970-01-01T00:00:00.000Z"},"$version":1}}}
                """)
    }

    @Test mutating func `a clock that goes back changes times and nothing else`() throws {
        _ = try twin.report(["a": 1, "b": 1], nowMs: 5000)
        _ = try twin.report(["a": 2], nowMs: 3000)
        #expect(twin.reported.lastUpdatedMs == 3000)
        #expect(twin.reported.version == 3)
        #expect(twin.reported.tree.changed(after: 2) == ["a": 2])
    }

    @Test(arguments: [(7, "AAAAAAAAAAc="), (255, "AAAAAAAAAP8="), (UInt64.max, "//////////8="), (0x0102_0304_0506_0708, "AQIDBAUGBwg=")])
    func `an etag is eight bytes in base64`(revision: UInt64, etag: String) {
        let twin = Twin(
            identity: ModuleIdentity(deviceID: "D"), generation: 1, revision: revision, tags: TwinTree(),
            desired: TwinSection(lastUpdatedMs: 0), reported: TwinSection(lastUpdatedMs: 0))
        #expect(twin.etag == Text(etag))
    }
}
