import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

/// Devices that have this one as their gateway, as the hub has them.
@Suite struct DownstreamDeviceTests {
    private let key = Array("0123456789abcdef0123456789abcdef".utf8)
    private let other = Array("fedcba9876543210fedcba9876543210".utf8)

    private func bench(_ folder: TemporaryFolder = TemporaryFolder()) throws -> HubBench {
        let bench = try HubBench(
            folder: folder, deviceID: "Hannover01", hubHostName: "hub.example", deviceKey: DeviceKey(secret: Array(repeating: 3, count: 32))
        )
        bench.hub.retain(modules: ["insight"])
        bench.hub.ensureTwin(nil)
        admit(bench, ["sensor-7"])
        bench.flush()
        return bench
    }

    private func admit(_ bench: HubBench, _ ids: [Text], key: [UInt8]? = nil) {
        bench.hub.admit(ids.map { DownstreamDevice(id: $0, key: key ?? self.key) })
    }

    private func token(_ path: Text, _ key: [UInt8]) -> Text {
        SharedAccessSignature.make(resource: "hub.example\(path)", key: key, expiry: 4_000_000_000)
    }

    private func error(_ bench: HubBench, _ identity: ModuleIdentity, _ key: [UInt8]) -> SASError? {
        bench.hub.authenticate(token(identity.path, key), as: identity)
    }

    // MARK: - Who may connect

    @Test func `a downstream device authenticates with the manifest's key, and with no other`() throws {
        let bench = try bench()
        let sensor = ModuleIdentity(deviceID: "sensor-7")
        #expect(error(bench, sensor, key) == nil)
        #expect(error(bench, sensor, try #require(bench.hub.keys(of: "/sensor-7")).secondary) == nil)
        #expect(error(bench, sensor, other)?.kind == .wrongSignature)
        #expect(error(bench, sensor, try #require(bench.hub.keys(of: nil)).primary)?.kind == .wrongSignature)
        #expect(error(bench, ModuleIdentity(deviceID: "sensor-8"), key)?.kind == .wrongIdentity)
        #expect(error(bench, ModuleIdentity(deviceID: "sensor-7", moduleID: "m"), key)?.kind == .wrongIdentity)
        #expect(error(bench, ModuleIdentity(deviceID: "Hannover01", moduleID: "/sensor-7"), key) != nil)
        // A token of one device is none for another.
        #expect(bench.hub.authenticate(token("/devices/sensor-7", key), as: ModuleIdentity(deviceID: "Hannover01")) != nil)
    }

    @Test func `the device itself authenticates with its keys`() throws {
        let bench = try bench()
        let device = ModuleIdentity(deviceID: "Hannover01")
        #expect(error(bench, device, try #require(bench.hub.keys(of: nil)).primary) == nil)
        #expect(error(bench, device, key)?.kind == .wrongSignature)
    }

    @Test func `one that is taken out of the manifest is cut off and refused, and finds its twin again`() throws {
        let folder = TemporaryFolder()
        let sensor = ModuleIdentity(deviceID: "sensor-7")
        let generation: UInt64?
        do {
            let bench = try bench(folder)
            _ = try bench.patch("/sensor-7", ["interval": 5]).get()
            generation = bench.hub.identityRecord("/sensor-7")?.generation
            let link = NotingModule()
            link.isAuthenticated = true
            _ = bench.attach("/sensor-7", link: link)
            admit(bench, [])
            bench.flush()
            #expect(link.cuts == ["it is no longer one of device.children"])
            let refusal = error(bench, sensor, key)
            #expect(refusal?.reason == "/devices/sensor-7 may not connect here: it is none of device.children")
            #expect(bench.hub.keys(of: "/sensor-7") == nil)
        }
        let bench = try bench(folder)
        #expect(error(bench, sensor, key) == nil)
        #expect(bench.hub.identityRecord("/sensor-7")?.generation == generation)
        #expect(bench.hub.twin("/sensor-7")?["properties"]?["desired"]?["interval"] == 5)
        #expect(bench.hub.identityRecords().map(\.identity.path) == ["/devices/Hannover01", "/devices/sensor-7"])
    }

    @Test func `another key cuts off who came with the one before, and the rest stays connected`() throws {
        let bench = try bench()
        admit(bench, ["sensor-7", "sensor-8"])
        let (seven, eight) = (NotingModule(), NotingModule())
        for (name, link) in [("/sensor-7", seven), ("/sensor-8", eight)] as [(Text, NotingModule)] {
            link.isAuthenticated = true
            _ = bench.attach(name, link: link)
        }
        bench.hub.admit([DownstreamDevice(id: "sensor-7", key: other), DownstreamDevice(id: "sensor-8", key: key)])
        bench.flush()
        #expect(seven.cuts == ["its key has changed"])
        #expect(eight.cuts.isEmpty && bench.hub.isAttached("/sensor-8"))
        #expect(error(bench, ModuleIdentity(deviceID: "sensor-7"), key)?.kind == .wrongSignature)
        #expect(error(bench, ModuleIdentity(deviceID: "sensor-7"), other) == nil)
    }

    @Test func `a device of the manifest that is deleted begins anew, one of before is gone`() throws {
        let bench = try bench()
        _ = try bench.patch("/sensor-7", ["interval": 5]).get()
        let before = try #require(bench.hub.identityRecord("/sensor-7"))
        let link = NotingModule()
        _ = bench.attach("/sensor-7", link: link)
        let refused: HubError? = try bench.wait { bench.hub.sendToDevice("/sensor-7", message: Message(1), done: $0) }
        #expect(refused == nil)
        let deleted: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("/sensor-7", done: $0) }
        #expect(try deleted.get())
        bench.flush()
        #expect(link.cuts == ["its identity was deleted"])
        #expect(bench.hub.identityRecord("/sensor-7")?.generation != before.generation)
        #expect(bench.hub.identityRecord("/sensor-7")?.managedBy == "")
        #expect(bench.hub.twin("/sensor-7")?["properties"]?["desired"]?["interval"] == nil)
        #expect(error(bench, ModuleIdentity(deviceID: "sensor-7"), key) == nil)
        admit(bench, [])
        let again: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("/sensor-7", done: $0) }
        #expect(try !again.get())
        #expect(bench.hub.identityRecord("/sensor-7") == nil)
    }

    @Test func `its identity is the manifest's to change`() throws {
        let bench = try bench()
        let result: Result<IdentityRecord, HubError> = try bench.wait { done in
            bench.hub.updateIdentity("/sensor-7", done: done) { $0.primary = other }
        }
        guard case .failure(let error) = result else { return #expect(Bool(false)) }
        #expect(error.reason == "/devices/sensor-7 is as the manifest says: change device.children there")
    }

    // MARK: - What it does

    @Test func `its messages come from /messages, and say which device has sent them`() throws {
        let bench = try bench()
        bench.hub.apply(
            routes: [
                try route("FROM /messages WHERE $connectionDeviceId = 'sensor-7' INTO BrokeredEndpoint(\"/modules/insight/inputs/in\")"),
                try route(
                    """
                    FROM /messages/* WHERE $edgeHubOriginInterface = 'downstream' AND NOT is_defined($connectionModuleId)
                    INTO BrokeredEndpoint("/modules/insight/inputs/down")
                    """),
                try route("FROM /messages/modules/* INTO BrokeredEndpoint(\"/modules/insight/inputs/modules\")"),
            ], timeToLiveSecs: 0)
        let insight = NotingModule()
        _ = bench.attach("insight", link: insight)
        let sensor = bench.attach("/sensor-7", link: NotingModule())
        #expect(sensor.moduleName == "/sensor-7")
        // Who it is, it does not say itself.
        sensor.send(Message(module: "insight", output: "out", body: [1]), done: nil)
        bench.run { insight.inputs.count == 2 }
        bench.flush()
        #expect(Set(insight.inputs) == ["in", "down"])
        let properties = insight.deliveries[0].systemProperties(device: "Hannover01")
        #expect(properties.contains(MessageProperty(name: "connectionDeviceId", value: "sensor-7")))
        #expect(!properties.contains { $0.name == "connectionModuleId" })
        #expect(bench.hub.traffic().first { $0.module == "/sensor-7" }?.received == 1)
    }

    @Test func `the messages of the device itself have its id and no module`() throws {
        let bench = try bench()
        bench.hub.apply(
            routes: [
                try route(
                    """
                    FROM /messages/* WHERE $edgeHubOriginInterface = 'internal' INTO BrokeredEndpoint("/modules/insight/inputs/in")
                    """)
            ], timeToLiveSecs: 0)
        let insight = NotingModule()
        _ = bench.attach("insight", link: insight)
        bench.attach("", link: NotingModule()).send(Message(1, output: ""), done: nil)
        bench.run { insight.bodies.count == 1 }
        let properties = insight.deliveries[0].systemProperties(device: "Hannover01")
        #expect(properties.contains(MessageProperty(name: "connectionDeviceId", value: "Hannover01")))
        #expect(!properties.contains { $0.name == "connectionModuleId" })
    }

    @Test func `a downstream device cannot say that it is another`() throws {
        let bench = try bench()
        let sensor = bench.attach("/sensor-7", link: NotingModule())
        for name: Text in ["connectionDeviceId", "connectionModuleId", "edgeHubOriginInterface"] {
            let message = Message(module: "", output: "", body: [1], systemProperties: [MessageProperty(name: name, value: "insight")])
            let error: HubError? = try bench.wait { sensor.send(message, done: $0) }
            #expect(error?.kind == .invalid, "\(name)")
        }
    }

    @Test func `its twin and its methods are as those of modules`() throws {
        let bench = try bench()
        let link = NotingModule()
        link.onInvoke = { $0.end(.answered(status: 200, payload: $0.payload)) }
        let sensor = bench.attach("/sensor-7", link: link)
        _ = try bench.patch("/sensor-7", ["interval": 5]).get()
        bench.run { link.notices.count == 1 }
        let reported: Result<UInt64, HubError> = try bench.wait { sensor.report(["state": "on"], done: $0) }
        #expect(try reported.get() == 2)
        let twin = try #require(bench.hub.twin("/sensor-7"))
        #expect(twin["deviceId"] == "sensor-7")
        #expect(twin["moduleId"] == nil)
        #expect(twin["connectionState"] == "Connected")
        let scope = try #require(bench.hub.twin(nil)?["deviceScope"])
        #expect(twin["deviceScope"] == scope && twin["parentScopes"] == [scope] && twin["capabilities"] == ["iotEdge": false])
        #expect(twin["properties"]?["reported"]?["state"] == "on")
        let outcome: MethodOutcome = try bench.wait {
            bench.hub.invoke(module: "/sensor-7", method: "blink", payload: 3, timeoutMs: 1000, done: $0)
        }
        #expect(outcome == .answered(status: 200, payload: 3))
        bench.hub.detach(sensor)
        let gone: MethodOutcome = try bench.wait {
            bench.hub.invoke(module: "/sensor-7", method: "blink", payload: 3, timeoutMs: 1000, done: $0)
        }
        #expect(gone == .notFound(reason: "/devices/sensor-7 is not connected: there is nobody to call"))
    }

    @Test func `what callers of its methods are told names it as they do`() throws {
        let bench = try bench()
        let sensor = NotingModule()
        _ = bench.attach("/sensor-7", link: sensor)
        let large = JSON.string(Text(String(repeating: "x", count: 131_000)))
        // It answers none of these, and then too much.
        for _ in 0..<8 { bench.hub.invoke(module: "/sensor-7", method: "blink", payload: large, timeoutMs: 300_000) { _ in } }
        let refused: MethodOutcome = try bench.wait {
            bench.hub.invoke(module: "/sensor-7", method: "blink", payload: large, timeoutMs: 300_000, done: $0)
        }
        guard case .busy(let reason) = refused else { return #expect(Bool(false), "\(refused)") }
        #expect(reason.string.hasPrefix("/devices/sensor-7 has calls"))
        sensor.onInvoke = { $0.end(.answered(status: 200, payload: ["a": large, "b": large])) }
        let failed: MethodOutcome = try bench.wait {
            bench.hub.invoke(module: "/sensor-7", method: "blink", payload: 3, timeoutMs: 1000, done: $0)
        }
        guard case .answered(500, let payload) = failed else { return #expect(Bool(false), "\(failed)") }
        #expect(payload.object?["message"]?.string?.string.hasPrefix("/devices/sensor-7 answered blink") ?? false)
    }

    @Test func `a change of what it reports becomes a message with its id`() throws {
        let bench = try bench()
        bench.hub.apply(
            routes: [try route("FROM /twinChangeNotifications INTO BrokeredEndpoint(\"/modules/insight/inputs/in\")")], timeToLiveSecs: 0)
        let insight = NotingModule()
        _ = bench.attach("insight", link: insight)
        bench.attach("/sensor-7", link: NotingModule()).report(["state": "on"], done: nil)
        bench.run { insight.bodies.count == 1 }
        let message = insight.deliveries[0].message
        #expect(message.systemProperty("rpSenderDeviceId") == "sensor-7")
        #expect(message.systemProperty("rpSenderModuleId") == nil)
    }

    private func route(_ text: Text) throws -> RouteSpecification {
        RouteSpecification(name: text, route: try Route.parse(text))
    }
}
