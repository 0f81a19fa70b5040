import JSON
import Testing

@testable import Messages

@Suite struct MessageTests {
    private let properties = [MessageProperty(name: "level", value: "high")]
    private let systemProperties = [MessageProperty(name: "contentType", value: "text/plain")]

    @Test(arguments: [0, 1, 7, 100, 262_144]) func `a message holds the bytes it was made of`(count: Int) {
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = bytes
        let message = bytes.withUnsafeBytes { Message(module: "m", output: "o", body: $0) }
        for index in bytes.indices { bytes[index] = 0 }
        #expect(message.body == expected)
        #expect(message.bodyCount == count)
        #expect(message.withBody { $0.elementsEqual(expected) })
        #expect(message.module == "m" && message.output == "o" && message.properties.isEmpty && message.systemProperties.isEmpty)
    }

    @Test func `a body outlives every other copy of its message`() {
        var first: Message? = Message(module: "m", output: "o", body: [1, 2, 3])
        let second = first
        first = nil
        #expect(second?.body == [1, 2, 3])
    }

    @Test func `its size is that of body, properties and the values of system properties`() {
        let message = Message(
            module: "m", output: "o", body: [1, 2, 3], properties: properties, systemProperties: systemProperties)
        #expect(message.size == 3 + 9 + 10)
    }

    @Test func `under another name it is the same message`() {
        let message = Message(
            module: "forged", output: "o", body: [1, 2, 3], properties: properties, systemProperties: systemProperties, isChecked: true)
        let renamed = Message(message, from: "m")
        #expect(renamed.module == "m" && renamed.output == "o" && renamed.body == [1, 2, 3])
        #expect(renamed.properties == properties && renamed.systemProperties == systemProperties)
        #expect(renamed.size == message.size && renamed.isChecked)
    }

    @Test func `nobody has checked a message that was read from bytes`() throws {
        let message = Message(module: "m", output: "o", body: [1], isChecked: true)
        #expect(try #require(MessageCodec.decode(MessageCodec.encode(message))).isChecked == false)
    }
}
