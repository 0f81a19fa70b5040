import JSON
import Testing

@testable import Messages

@Suite struct MessageCodecTests {
    private let message = Message(
        module: "thermometer", output: "temperature", body: [0, 1, 255],
        properties: [MessageProperty(name: "level", value: "hoch é"), MessageProperty(name: "", value: "")],
        systemProperties: [MessageProperty(name: "messageId", value: "7")])

    private func expectSame(_ left: Message?, _ right: Message) {
        #expect(left?.module == right.module)
        #expect(left?.output == right.output)
        #expect(left?.body == right.body)
        #expect(left?.properties == right.properties)
        #expect(left?.systemProperties == right.systemProperties)
    }

    @Test func `a message comes back as it was`() {
        expectSame(MessageCodec.decode(MessageCodec.encode(message)), message)
        let empty = Message(module: "", output: "", body: [])
        expectSame(MessageCodec.decode(MessageCodec.encode(empty)), empty)
    }

    @Test func `no part of it is a message`() {
        let bytes = MessageCodec.encode(message)
        for length in 0..<bytes.count { #expect(MessageCodec.decode(Array(bytes.prefix(length))) == nil) }
        #expect(MessageCodec.decode(bytes + [0]) == nil)
    }

    @Test func `damaged bytes are decoded to something or nothing, within their bounds`() {
        let bytes = MessageCodec.encode(message)
        for index in bytes.indices {
            for value in [0, 1, 127, 255] as [UInt8] {
                var damaged = bytes
                damaged[index] = value
                if let decoded = MessageCodec.decode(damaged) { #expect(decoded.size <= bytes.count) }
            }
        }
    }

    @Test func `another version is not read`() {
        var bytes = MessageCodec.encode(message)
        bytes[0] = 2
        #expect(MessageCodec.decode(bytes) == nil)
    }
}
