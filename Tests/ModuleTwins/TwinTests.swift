import JSON
import ModuleIdentities
import ModuleTwins
import Testing

@Suite struct TwinTests {
    private var twin = Twin(identity: ModuleIdentity(deviceID: "Hannover01", moduleID: "insight"), generationID: "42", now: "t0")

    @Test func `a new twin is at version 1`() {
        #expect(twin.desired.version == 1)
        #expect(twin.reported.version == 1)
        #expect(twin.etag == "AAAAAAAAAAE=")
    }

    @Test mutating func `each accepted change counts its section and changes the etag`() throws {
        var etags = [twin.etag]
        _ = try twin.patchDesired(["a": 1], now: "t1")
        etags.append(twin.etag)
        #expect(try twin.report(["b": 2], now: "t2") == 2)
        etags.append(twin.etag)
        try twin.patchTags(["c": 3])
        etags.append(twin.etag)
        #expect(Set(etags).count == 4)
        #expect(twin.desired.version == 2)
        #expect(twin.desired.lastUpdated == "t1")
        #expect(twin.reported.lastUpdated == "t2")
        #expect(twin.generationID == "42")
    }

    @Test mutating func `an update with the etag of an earlier twin is a conflict`() throws {
        let old = twin.etag
        _ = try twin.patchDesired(["a": 1], ifMatch: old, now: "t")
        let error = #expect(throws: TwinError.self) { try twin.patchDesired(["a": 2], ifMatch: old, now: "t") }
        #expect(error?.kind == .conflict)
        #expect(twin.desired.properties == ["a": 1])
        _ = try twin.patchDesired(["a": 3], ifMatch: "*", now: "t")
        _ = try twin.patchDesired(["a": 4], ifMatch: "\"\(twin.etag)\"", now: "t")
        #expect(twin.desired.version == 4)
    }

    @Test mutating func `a replacement tells the module what is gone`() throws {
        _ = try twin.patchDesired(["a": 1, "b": ["c": 1, "d": 2]], now: "t")
        let before = twin.desired.properties
        let notice = try twin.replaceDesired(["b": ["d": 3], "e": 4], now: "t")
        #expect(notice == ["a": nil, "b": ["c": nil, "d": 3], "e": 4])
        #expect(before.merged(with: notice) == twin.desired.properties)
    }

    @Test mutating func `the device sees two sections with versions and nothing else`() throws {
        _ = try twin.patchDesired(["threshold": 25], now: "t")
        try twin.patchTags(["floor": 2])
        #expect(
            twin.deviceView == [
                "desired": ["threshold": 25, "$version": 2], "reported": ["$version": 1],
            ])
    }

    @Test mutating func `the operator sees the whole document`() throws {
        _ = try twin.patchDesired(["threshold": 25], now: "2026-11-23T02:29:07.123Z")
        try twin.patchTags(["floor": 2])
        #expect(
            twin.serviceView(connected: true) == [
                "deviceId": "Hannover01", "moduleId": "insight", "etag": "AAAAAAAAAAM=", "status": "enabled",
                "connectionState": "Connected", "version": 3, "tags": ["floor": 2],
                "properties": [
                    "desired": ["threshold": 25, "$metadata": ["$lastUpdated": "2026-11-23T02:29:07.123Z"], "$version": 2],
                    "reported": ["$metadata": ["$lastUpdated": "t0"], "$version": 1],
                ],
            ])
    }

    @Test func `a device twin has no module id`() {
        let device = Twin(identity: ModuleIdentity(deviceID: "D"), generationID: "1", now: "t")
        #expect(device.serviceView(connected: false)["moduleId"] == nil)
        #expect(device.serviceView(connected: false)["connectionState"] == "Disconnected")
    }

    @Test(arguments: [(7, "AAAAAAAAAAc="), (255, "AAAAAAAAAP8="), (UInt64.max, "//////////8="), (0x0102_0304_0506_0708, "AQIDBAUGBwg=")])
    func `an etag is eight bytes in base64`(revision: UInt64, etag: String) {
        let twin = Twin(
            identity: ModuleIdentity(deviceID: "D"), generationID: "1", revision: revision, tags: [:],
            desired: TwinSection(lastUpdated: "t"), reported: TwinSection(lastUpdated: "t"))
        #expect(twin.etag == Text(etag))
    }
}
