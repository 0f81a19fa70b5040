import JSON
import MQTT
import ModuleIdentities
import Testing

@Suite struct ClientTopicTests {
    private static let device = ModuleIdentity(deviceID: "d")
    private static let module = ModuleIdentity(deviceID: "d", moduleID: "m")

    private func read(_ topic: String, _ identity: ModuleIdentity) throws(PublishError) -> String {
        let meaning = try Array(topic.utf8).withUnsafeBufferPointer { (bytes) throws(PublishError) in
            try ClientTopic.read(UnsafeRawBufferPointer(bytes), of: identity)
        }
        return switch meaning {
        case .telemetry(let head): "telemetry \(head.output) \(head.properties.map { "\($0.name)=\($0.value)" }.joined(separator: ","))"
        case .twinGet(let id): "get \(id)"
        case .reported(let id): "reported \(id?.string ?? "-")"
        case .methodResponse(let status, let id): "response \(status) \(id)"
        }
    }

    @Test(arguments: [("", ""), ("/", ""), ("/a=1", "a=1"), ("/a=1/", "a=1"), ("/?a=1", "a=1"), ("/%24.ct=x&a=1", "a=1"), ("//", "")])
    func `telemetry has its bag behind messages events`(tail: String, properties: String) throws {
        #expect(try read("devices/d/messages/events" + tail, Self.device) == "telemetry  \(properties)")
        #expect(try read("devices/d/modules/m/messages/events" + tail, Self.module) == "telemetry  \(properties)")
    }

    @Test func `the name of the output is in the bag`() throws {
        #expect(try read("devices/d/modules/m/messages/events/%24.on=alarm&x=1", Self.module) == "telemetry alarm x=1")
        #expect(try read("devices/d/messages/events/$.on=alarm", Self.device) == "telemetry alarm ")
    }

    @Test(arguments: [
        ("$iothub/twin/GET/?$rid=1", "get 1"), ("$iothub/twin/GET/?$rid=4a0b%20-é", "get 4a0b%20-é"),
        ("$iothub/twin/GET/?a=b&$rid=x&c", "get x"),
        ("$iothub/twin/PATCH/properties/reported/?$rid=ab-1", "reported ab-1"), ("$iothub/twin/PATCH/properties/reported/", "reported -"),
        ("$iothub/twin/PATCH/properties/reported/?$rid=", "reported -"),
        ("$iothub/twin/PATCH/properties/reported/?$version=3", "reported -"),
        ("$iothub/methods/res/200/?$rid=7", "response 200 7"), ("$iothub/methods/res/-1/?$rid=7", "response -1 7"),
        ("$iothub/methods/res/x/?$rid=7", "response 400000 7"), ("$iothub/methods/res//?$rid=7", "response 400000 7"),
        ("$iothub/methods/res/2.5/?$rid=7", "response 400000 7"), ("$iothub/methods/res/99999999999999999999/?$rid=7", "response 400000 7"),
        ("$iothub/methods/res/200/", "response 200 "),
    ]) func `twin and method topics are those of every client`(topic: String, expected: String) throws {
        for identity in [Self.device, Self.module] { #expect(try read(topic, identity) == expected) }
    }

    @Test(arguments: [
        "devices/e/messages/events/", "devices/d/modules/n/messages/events/", "devices/e/modules/m/messages/events/",
        "devices/D/messages/events/",
        "devices/d", "devices/", "devices//messages/events/", "devices/d%/messages/events", "devices/d/modules/M/messages/events/",
        "devices/d /messages/events/",
    ]) func `the topic of another identity is refused`(topic: String) {
        for identity in [Self.device, Self.module] {
            let error = #expect(throws: PublishError.self) { try read(topic, identity) }
            #expect(error?.kind == .foreignTopic, "\(topic)")
        }
    }

    @Test func `a module does not speak for its device, nor the device for a module`() {
        #expect(#expect(throws: PublishError.self) { try read("devices/d/messages/events/", Self.module) }?.kind == .foreignTopic)
        #expect(#expect(throws: PublishError.self) { try read("devices/d/modules/m/messages/events/", Self.device) }?.kind == .foreignTopic)
        let other = ModuleIdentity(deviceID: "d", moduleID: "modules")
        #expect(#expect(throws: PublishError.self) { try read("devices/d/modules/m/messages/events", other) }?.kind == .foreignTopic)
    }

    @Test(arguments: [
        "a", "/", "messages/events", "Devices/d/messages/events/", "devicesd", "/devices/d/messages/events/", "$iothub",
        "$iothub/twin/get/?$rid=1",
        "$iothub/twin/POST/?$rid=1", "$iothub/twin/PATCH/properties/desired/?$rid=1", "$iothub/twin/PATCH/properties/reported",
        "$iothub/methods/res/200",
        "$iothub/methods/POST/x/?$rid=1", "$SYS/broker", "devices/d/messages/devicebound/", "devices/d/messages/eventsx",
        "devices/d/messages/",
        "devices/d/twin", "devices/d/",
    ]) func `a topic that means nothing is refused`(topic: String) {
        let error = #expect(throws: PublishError.self) { try read(topic, Self.device) }
        #expect(error?.kind == .unknownTopic, "\(topic)")
    }

    @Test(arguments: [
        "$iothub/twin/GET/", "$iothub/twin/GET/?", "$iothub/twin/GET/?$rid=", "$iothub/twin/GET/?rid=1", "$iothub/twin/GET/$rid=1",
    ])
    func `a twin is asked for with a request id`(topic: String) {
        let error = #expect(throws: PublishError.self) { try read(topic, Self.module) }
        #expect(error?.kind == .malformedTopic)
    }

    @Test func `a request id has at most 256 bytes`() throws {
        let id = String(repeating: "r", count: 256)
        #expect(try read("$iothub/twin/GET/?$rid=\(id)", Self.module) == "get \(id)")
        for topic in ["twin/GET/", "twin/PATCH/properties/reported/", "methods/res/200/"] {
            #expect(throws: PublishError.self) { try read("$iothub/\(topic)?$rid=\(id)r", Self.module) }
        }
    }

    @Test(arguments: ["a#b", "a+b", "#", "+", "%41", "100%", "a%2Fb", "?x", "$edgeAgent", "a=b&c", "o'k", "..", "modules", "messages"])
    func `hostile ids are compared as they are, or percent-encoded, and are never patterns`(id: String) throws {
        let encoded = PercentCoding.encode(Text(id)).string
        let device = ModuleIdentity(deviceID: Text(id))
        let module = ModuleIdentity(deviceID: Text(id), moduleID: Text(id))
        for text in [id, encoded] {
            #expect(try read("devices/\(text)/messages/events/a=1", device) == "telemetry  a=1")
            #expect(try read("devices/\(text)/modules/\(text)/messages/events/a=1", module) == "telemetry  a=1")
        }
        for other in ["x", "a", "A", id + "x", String(id.dropLast()) + "y", PercentCoding.encode(Text(encoded)).string]
        where other != id && other != encoded {
            let error = #expect(throws: PublishError.self) { try read("devices/\(other)/messages/events/", device) }
            #expect(error?.kind == .foreignTopic, "\(other) is not \(id)")
        }
    }

    @Test func `the error of a foreign topic names the right one`() {
        let error = #expect(throws: PublishError.self) { try read("devices/e/messages/events/", Self.module) }
        #expect(error?.reason.string.contains("devices/d/modules/m/messages/events/") == true)
    }
}
