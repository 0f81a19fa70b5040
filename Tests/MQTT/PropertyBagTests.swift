import JSON
import Messages
import ModuleIdentities
import Testing

@testable import MQTT

@Suite struct PropertyBagTests {
    private func read(_ bag: String) throws(PublishError) -> MessageHead {
        try Array(bag.utf8).withUnsafeBufferPointer { (bytes) throws(PublishError) in
            try PropertyBag.read(UnsafeRawBufferPointer(bytes))
        }
    }

    private func shown(_ properties: [MessageProperty]) -> [String] { properties.map { "\($0.name)=\($0.value)" } }

    private func properties(_ bag: String) throws -> [String] { shown(try read(bag).properties) }

    @Test func `what the SDK of Python was seen to write is read`() throws {
        let head = try read("%24.on=out%201&%24.mid=m%2F1&%24.ct=application%2Fjson&%24.ce=utf-8&E=&a%20b=x%26y%3D%2F%2B")
        #expect(head.output == "out 1")
        #expect(shown(head.systemProperties) == ["messageId=m/1", "contentType=application/json", "contentEncoding=utf-8"])
        #expect(shown(head.properties) == ["E=", "a b=x&y=/+"])
    }

    static let forms: [(String, [String])] = [
        ("", []), ("?", []), ("/", []), ("?/", []), ("&", []), ("&&", []),
        ("a=1", ["a=1"]), ("?a=1", ["a=1"]), ("a=1/", ["a=1"]), ("?a=1/", ["a=1"]), ("??a=1", ["?a=1"]), ("a=1?", ["a=1?"]),
        ("a=1&b=2", ["a=1", "b=2"]), ("&a=1&&b=2&", ["a=1", "b=2"]),
        ("a", ["a="]), ("a=", ["a="]), ("a&b", ["a=", "b="]), ("a&b=&c=3", ["a=", "b=", "c=3"]),
        ("a=b=c", ["a=b=c"]), ("a==", ["a=="]), ("z=1=2", ["z=1=2"]), ("a%3Db=c", ["a=b=c"]),
        ("a=1&a=2", ["a=2"]), ("a=1&b=2&a", ["a=", "b=2"]), ("%61=1&a=2", ["a=2"]),
        ("a=x+y", ["a=x+y"]), ("a+b=1", ["a+b=1"]), ("a=%2B", ["a=+"]), ("a=x%20y", ["a=x y"]), ("a=x y", ["a=x y"]),
        ("a=%2F", ["a=/"]), ("a=%252F", ["a=%2F"]), ("caf%C3%A9=%F0%9F%98%80", ["café=😀"]), ("café=😀", ["café=😀"]),
        ("e%CC%81=1&%C3%A9=2", ["e\u{301}=1", "é=2"]),  // two spellings are two names
    ]

    @Test(arguments: forms) func `each form of a bag is read`(bag: String, expected: [String]) throws {
        #expect(try properties(bag) == expected)
    }

    @Test(arguments: [
        "a=1&A=2", "Level=1&x=2&lEVEL=3", "=1", "=", "a=%", "a=%4", "a=%zz", "%=1", "a=%FF", "a=%00", "a%00=1", "a=1/b=2", "a/=1", "//",
        "a%0A=1", "$=1", "$.x=1", "%24foo=1", "$.ON=1", "$.on=a%2Fb", "$.on=a%23b", "$.mid=%00",
    ]) func `a bag that no message can have is refused`(bag: String) throws {
        let error = #expect(throws: PublishError.self) { try read(bag) }
        #expect(error?.kind == .malformedTopic)
    }

    @Test func `each system property has its short name, in both directions`() throws {
        let names: [(String, Text)] = [
            ("$.mid", "messageId"), ("$.cid", "correlationId"), ("$.uid", "userId"), ("$.to", "to"), ("$.ct", "contentType"),
            ("$.ce", "contentEncoding"), ("$.ctime", "creationTime"), ("$.exp", "expiryTimeUtc"), ("$.schema", "messageSchema"),
            ("$.sub", "component"), ("iothub-ack", "ack"),
        ]
        for (wire, name) in names {
            let property = MessageProperty(name: name, value: "v w")
            #expect(try read("\(wire)=v%20w").systemProperties == [property])
            var bytes: [UInt8] = []
            PropertyBag.write(Message(module: "m", output: "o", body: [], systemProperties: [property]), sender: nil, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == "\(wire.replacing("$", with: "%24"))=v%20w")
        }
        #expect(try shown(read("$.ct=a&$.ct=b").systemProperties) == ["contentType=b"])
    }

    @Test func `whom a client says it is, nobody hears`() throws {
        let head = try read("$.cdid=other&$.cmid=other&$.ifid=x&$.diagid=y&$.diagctx=z&%24.cmid=again&a=1")
        #expect(shown(head.properties) == ["a=1"] && head.systemProperties.isEmpty && head.output.isEmpty)
        // Names that only look so are the client's own.
        #expect(try properties("connectionDeviceId=x&deviceId=y&moduleId=z") == ["connectionDeviceId=x", "deviceId=y", "moduleId=z"])
    }

    @Test func `a message has at most 256 properties`() throws {
        let many = (0..<256).map { "p\($0)=1" }.joined(separator: "&")
        #expect(try read(many).properties.count == 256)
        #expect(throws: PublishError.self) { try read(many + "&x=1") }
    }

    @Test func `what gets a message is told its sender, then what it says of itself, then its properties`() {
        let message = Message(
            module: "sender", output: "out", body: [1],
            properties: [MessageProperty(name: "a b", value: "x&y=/+"), MessageProperty(name: "E", value: "")],
            systemProperties: [
                MessageProperty(name: "messageId", value: "m/1"), MessageProperty(name: "enqueuedTime", value: "never told"),
            ])
        func bag(_ sender: ModuleIdentity?) -> String {
            var bytes = Array("inputs/in/".utf8)
            PropertyBag.write(message, sender: sender, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        let rest = "%24.mid=m%2F1&a%20b=x%26y%3D%2F%2B&E="
        #expect(bag(ModuleIdentity(deviceID: "d", moduleID: "m")) == "inputs/in/%24.cdid=d&%24.cmid=m&" + rest)
        #expect(bag(ModuleIdentity(deviceID: "a#b")) == "inputs/in/%24.cdid=a%23b&" + rest)
        #expect(bag(nil) == "inputs/in/" + rest)
    }

    @Test func `what was written is read again`() throws {
        let properties = ["a", "A b", "é", "%41", "+", "x=y", "&", "/", "?"].enumerated().map {
            MessageProperty(name: Text($1), value: Text(String(repeating: $1 + "\u{1}\u{7F}", count: $0)))
        }
        let system = [MessageProperty(name: "contentType", value: "a/b; c=\"d\"")]
        var bytes: [UInt8] = []
        let message = Message(module: "m", output: "", body: [], properties: properties, systemProperties: system)
        PropertyBag.write(message, sender: ModuleIdentity(deviceID: "d"), to: &bytes)
        #expect(
            try read(String(decoding: bytes, as: UTF8.self)) == MessageHead(output: "", properties: properties, systemProperties: system))
    }
}
