import JSON
import MQTT
import Messages
import ModuleIdentities
import TestSupport
import Testing

@Suite struct PublisherTests {
    private let events = "devices/d/modules/m/messages/events/"
    private func publisher() -> Publisher { Publisher(ModuleIdentity(deviceID: "d", moduleID: "m"), client: "m") }

    private func message(_ packet: [UInt8], _ publisher: inout Publisher) throws -> Message {
        try packet.withPublish { publish in
            guard case .send(let message) = try publisher.request(publish) else { throw NotThatPacket() }
            return message
        }
    }

    private func shown(_ message: Message) -> [String] { message.properties.map { "\($0.name)=\($0.value)" } }

    @Test func `messages of one topic and of others have each their own head and body`() throws {
        var publisher = publisher()
        for (bag, output, properties) in [
            ("$.on=a&x=1", "a", ["x=1"]), ("$.on=a&x=1", "a", ["x=1"]), ("$.on=b&x=1", "b", ["x=1"]), ("$.on=a&x=2", "a", ["x=2"]),
            ("", "", []),
            ("$.on=a&x=2", "a", ["x=2"]),
        ] as [(String, Text, [String])] {
            let body = [UInt8](repeating: UInt8(bag.utf8.count), count: 50)
            let message = try message(ClientPacket.publish(events + bag, body), &publisher)
            #expect(message.output == output && shown(message) == properties && message.body == body)
            #expect(message.module == "m" && message.isChecked && MessageRules.problem(with: message) == nil)
        }
    }

    @Test func `retain and DUP are properties of that message alone`() throws {
        var publisher = publisher()
        func properties(_ quality: UInt8, _ isDuplicate: Bool, _ isRetained: Bool) throws -> [String] {
            let topic = events + "a=1&MQTT-Dup=x"
            return shown(
                try message(ClientPacket.publish(topic, quality: quality, isDuplicate: isDuplicate, isRetained: isRetained), &publisher))
        }
        #expect(try properties(1, true, true) == ["a=1", "mqtt-retain=true", "mqtt-dup=true"])
        #expect(try properties(0, false, false) == ["a=1", "MQTT-Dup=x"])
        #expect(try properties(0, false, true) == ["a=1", "MQTT-Dup=x", "mqtt-retain=true"])
        #expect(try properties(1, true, false) == ["a=1", "mqtt-dup=true"])
        #expect(try properties(1, false, false) == ["a=1", "MQTT-Dup=x"])
    }

    @Test func `a message that is full of properties cannot be retained`() throws {
        var publisher = publisher()
        let topic = events + (0..<256).map { "p\($0)" }.joined(separator: "&")
        #expect(try message(ClientPacket.publish(topic), &publisher).properties.count == 256)
        #expect(throws: PublishError.self) { try message(ClientPacket.publish(topic, isRetained: true), &publisher) }
    }

    @Test func `QoS 2 is refused, also on the topic of before`() throws {
        var publisher = publisher()
        #expect(throws: PublishError.self) { try message(ClientPacket.publish(events, quality: 2), &publisher) }
        _ = try message(ClientPacket.publish(events), &publisher)
        let error = #expect(throws: PublishError.self) { try message(ClientPacket.publish(events, quality: 2), &publisher) }
        #expect(error?.kind == .quality)
    }

    @Test func `a wrong topic is not remembered`() throws {
        var publisher = publisher()
        for _ in 0..<2 {
            #expect(throws: PublishError.self) { try message(ClientPacket.publish("devices/e/messages/events/"), &publisher) }
            #expect(throws: PublishError.self) { try message(ClientPacket.publish(events + "a=%"), &publisher) }
        }
        _ = try message(ClientPacket.publish(events), &publisher)
    }

    @Test func `long topics are read each time`() throws {
        var publisher = publisher()
        let topic = events + "x=" + String(repeating: "y", count: 3000)
        for body in 0..<3 as Range<UInt8> {
            #expect(try message(ClientPacket.publish(topic, [body]), &publisher).properties.first?.value.utf8.count == 3000)
        }
    }

    @Test func `body and properties together are at most 256 KB`() throws {
        var publisher = publisher()
        // Such a packet is larger than a server takes, so the limit of the decoder is not that of this test.
        func publish(_ count: Int) throws -> Message {
            let bytes = ClientPacket.publish(events + "a=12", [UInt8](repeating: 0, count: count))
            return try bytes.withUnsafeBytes { bytes in
                guard case .publish(let packet) = try Packet.read(bytes, limit: bytes.count)?.packet,
                    case .send(let message) = try publisher.request(packet)
                else { throw NotThatPacket() }
                return message
            }
        }
        #expect(try publish(262_141).size == 262_144)
        #expect(#expect(throws: PublishError.self) { try publish(262_142) }?.kind == .tooLarge)
    }

    @Test func `other requests look at the packet`() throws {
        var publisher = publisher()
        func request(_ topic: String, _ payload: String) throws -> String {
            try ClientPacket.publish(topic, Array(payload.utf8)).withPublish { publish in
                switch try publisher.request(publish) {
                case .send: "send"
                case .getTwin(let id): "get \(id)"
                case .report(let patch, let id): "report \(Text(utf8: patch)) \(id?.string ?? "-")"
                case .answer(let status, let payload, let id): "answer \(status) \(Text(utf8: payload)) \(id)"
                }
            }
        }
        #expect(try request("$iothub/twin/GET/?$rid=5", " ") == "get 5")
        #expect(try request("$iothub/twin/PATCH/properties/reported/?$rid=6", "{}") == "report {} 6")
        #expect(try request("$iothub/twin/PATCH/properties/reported/", "") == "report  -")
        #expect(try request("$iothub/methods/res/200/?$rid=7", "null") == "answer 200 null 7")
    }
}
