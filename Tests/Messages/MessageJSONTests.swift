import JSON
import Messages
import Testing

@Suite struct MessageJSONTests {
    private static let isJSON = [
        MessageProperty(name: "contentType", value: "application/json"), MessageProperty(name: "contentEncoding", value: "utf-8"),
    ]

    private func object(_ text: String) throws -> JSONObject { try #require(try JSON.parse(text).object) }

    private func reason(_ text: String) throws -> Text? {
        let object = try object(text)
        do throws(MessageError) {
            _ = try MessageJSON.message(from: object, sender: "m")
            return nil
        } catch { return error.reason }
    }

    // MARK: Writing

    @Test func `a JSON message as the contract writes it`() {
        let message = Message(
            module: "thermometer", output: "temperature", body: Array("{\"celsius\":21.5}".utf8),
            properties: [MessageProperty(name: "k", value: "v")],
            systemProperties: Self.isJSON)
        #expect(
            JSON.object(MessageJSON.object(of: message)).text
                == #"{"module":"thermometer","output":"temperature","properties":{"k":"v"},"systemProperties":{"contentType":"application/json","contentEncoding":"utf-8"},"body":{"celsius":21.5}}"#
        )
    }

    @Test func `a message of a downstream device names the device, and is read so`() throws {
        let message = Message(module: "/sensor-7", output: "", body: Array("1".utf8))
        let object = MessageJSON.object(of: message)
        #expect(JSON.object(object).text == #"{"device":"sensor-7","properties":{},"systemProperties":{},"body":1}"#)
        #expect(try MessageJSON.message(from: object).module == "/sensor-7")
        for wrong in [
            #"{"device":"a/b","body":1}"#, #"{"device":"","body":1}"#, #"{"device":"a","module":"m","body":1}"#, #"{"device":1}"#,
        ] {
            let object = try self.object(wrong)
            #expect(throws: MessageError.self, "\(wrong)") { _ = try MessageJSON.message(from: object) }
        }
        // Who sends is not the sender's to say.
        #expect(try reason(#"{"device":"sensor-7","body":1}"#) != nil)
    }

    @Test func `an input gets the name of the input and not the sender`() {
        let message = Message(module: "m", output: "o", body: Array("[1]".utf8))
        #expect(
            JSON.object(MessageJSON.parameters(of: message, input: "i", systemProperties: message.systemProperties)).text
                == #"{"input":"i","properties":{},"systemProperties":{},"body":[1]}"#)
    }

    @Test(arguments: [
        ("application/json", "utf-8", "{}", "body"), ("application/json;charset=utf-8", "", "{}", "body"),
        ("APPLICATION/JSON", "UTF-8", "1", "body"),
        ("", "", "{}", "body"), ("", "", "plain", "bodyText"), ("text/plain", "utf-8", "1", "bodyText"),
        ("application/json", "utf-16", "1", "bodyText"),
        ("application/json", "utf-8", "{", "bodyText"), ("application/jsonl", "", "1", "bodyText"), ("", "", "", "bodyText"),
        ("application/json", "utf-8", "{\"a\":1,\"a\":2}", "bodyText"),
    ])
    func `a body that is not JSON, or says it is not, is text`(type: String, encoding: String, body: String, member: String) {
        let message = Message(
            module: "m", output: "o", body: Array(body.utf8),
            systemProperties: [
                MessageProperty(name: "contentType", value: Text(type)), MessageProperty(name: "contentEncoding", value: Text(encoding)),
            ])
        let object = MessageJSON.object(of: message)
        for name: Text in ["body", "bodyText", "bodyBase64"] { #expect((object[name] != nil) == (name == Text(member))) }
    }

    @Test func `a body that is not UTF-8 is base64`() {
        let object = MessageJSON.object(of: Message(module: "m", output: "", body: [0xFF, 0x00]))
        #expect(object == ["module": "m", "properties": [:], "systemProperties": [:], "bodyBase64": "/wA="])
    }

    // MARK: Reading

    @Test func `a body is JSON in UTF-8 unless it says otherwise`() throws {
        let message = try MessageJSON.message(
            from: object(#"{"output":"o","body":{"a":[1, null]},"properties":{"k":"v"},"systemProperties":{"messageId":"7"}}"#), sender: "m"
        )
        #expect(message.module == "m")
        #expect(message.output == "o")
        #expect(message.body == Array(#"{"a":[1,null]}"#.utf8))
        #expect(message.properties == [MessageProperty(name: "k", value: "v")])
        #expect(message.systemProperties == [MessageProperty(name: "messageId", value: "7")] + Self.isJSON)

        let typed = try MessageJSON.message(
            from: object(#"{"output":"o","body":1,"systemProperties":{"contentType":"text/plain"}}"#), sender: "m")
        #expect(typed.systemProperty("contentType") == "text/plain")
        #expect(typed.systemProperty("contentEncoding") == "utf-8")
    }

    @Test func `null is a body`() throws {
        #expect(try MessageJSON.message(from: object(#"{"body":null}"#), sender: "m").body == Array("null".utf8))
    }

    @Test func `text and bytes are not said to be JSON`() throws {
        let text = try MessageJSON.message(from: object(#"{"bodyText":"1"}"#), sender: "m")
        #expect(text.body == [0x31] && text.systemProperties.isEmpty)
        #expect(try MessageJSON.message(from: object(#"{"bodyBase64":"/wA="}"#), sender: "m").body == [0xFF, 0])
    }

    @Test func `a text that names its sender is read only where the host does not know it`() throws {
        let text = #"{"module":"a","output":"o","properties":{"k":"v"}}"#
        let message = try MessageJSON.message(from: object(text))
        #expect(message.module == "a" && message.body.isEmpty)
        #expect(
            try reason(text)
                == "\"module\" is not known in a message; use output, properties, systemProperties, body, bodyText or bodyBase64")
    }

    @Test(arguments: [
        (#"{"output":"o"}"#, "a message needs one of body, bodyText and bodyBase64"),
        (#"{"body":1,"bodyText":"1"}"#, "a message has only one of body, bodyText and bodyBase64"),
        (#"{"body":1,"output":7}"#, "output: 7 is not a string"),
        (
            #"{"body":1,"output":"a/b"}"#,
            "output: \"a/b\" is not the name of an input or output; use anything but / # + and control characters"
        ),
        (#"{"bodyText":{}}"#, "bodyText: {} is not a string"),
        (#"{"bodyBase64":"/wA"}"#, "bodyBase64: \"/wA\" is not base64 (RFC 4648, with padding, without white space)"),
        (#"{"body":1,"properties":[1]}"#, "properties: an array is not an object of strings"),
        (#"{"body":1,"properties":{"k":5}}"#, "properties: the value of \"k\" is 5, not a string"),
        (#"{"body":1,"properties":{"":"v"}}"#, "properties: a name must not be empty"),
        (#"{"body":1,"properties":{"$.cdid":"v"}}"#, "properties: \"$.cdid\" begins with $, as only system properties do"),
        (#"{"body":1,"properties":{"k":"1","K":"2"}}"#, "properties: \"k\" and \"K\" are one name; names must differ in more than case"),
        (#"{"body":1,"properties":{"k":"a\u0000"}}"#, "properties: the value of \"k\" holds the character \\u0000"),
        (#"{"body":1,"properties":{"a\nb":""}}"#, "properties: the name \"a\\u000ab\" holds a control character"),
        (
            #"{"body":1,"systemProperties":{"contenttype":"x"}}"#,
            "systemProperties: \"contenttype\" is not known; use messageId, correlationId, userId, to, contentType, contentEncoding, creationTime, expiryTimeUtc, messageSchema, component or ack"
        ),
    ])
    func `what is not a message is refused by name`(text: String, expected: String) throws {
        #expect(try reason(text) == Text(expected))
    }

    @Test func `what only the hub says is left out where a module sends, and refused where nobody got it from there`() throws {
        let text =
            #"{"body":1,"systemProperties":{"connectionModuleId":"x","messageId":"7","enqueuedTime":"t","rpSenderModuleId":"y","connectionDeviceId":"z"}}"#
        let message = try MessageJSON.message(from: object(text), sender: "m")
        #expect(message.module == "m")
        #expect(message.systemProperties.map { $0.name } == ["messageId", "contentType", "contentEncoding"])
        #expect(throws: MessageError("systemProperties: \"connectionModuleId\" is set by the host, which knows the sender; leave it out")) {
            try MessageJSON.message(from: object(text))
        }
    }

    @Test func `256 KB with all properties are taken and a byte more is not`() throws {
        let body = String(repeating: "x", count: 262_144 - 2)
        #expect(try reason(#"{"bodyText":"\#(body)","properties":{"k":"v"}}"#) == nil)
        #expect(
            try reason(#"{"bodyText":"\#(body)","properties":{"k":"vv"}}"#)
                == "the message has 262145 bytes with its properties; at most 262144 are allowed")
    }

    @Test func `more than 256 properties are refused`() throws {
        let members = (0...256).map { "\"k\($0)\":\"\"" }.joined(separator: ",")
        #expect(try reason("{\"body\":1,\"properties\":{\(members)}}") == "the message has 257 properties; at most 256 are allowed")
    }

    @Test func `what is written is read back the same`() throws {
        for body: [UInt8] in [Array("{\"a\":1.5}".utf8), Array("text".utf8), [0xC3, 0x28]] {
            let message = Message(module: "m", output: "o", body: body, properties: [MessageProperty(name: "Schlüssel", value: "ä")])
            let read = try MessageJSON.message(from: MessageJSON.object(of: message))
            #expect(
                read.module == message.module && read.output == message.output && read.body == message.body
                    && read.properties == message.properties)
        }
    }
}
