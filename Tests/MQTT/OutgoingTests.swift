import MQTT
import Testing

@Suite struct OutgoingTests {
    private func bytes(_ packet: OutgoingPacket) -> [UInt8] {
        var bytes: [UInt8] = [99]
        packet.append(to: &bytes)
        return bytes
    }

    @Test func `answers are as the standard writes them, behind what is there`() {
        #expect(bytes(.connected(.accepted, isSessionPresent: false)) == [99, 0x20, 2, 0, 0])
        #expect(bytes(.connected(.accepted, isSessionPresent: true)) == [99, 0x20, 2, 1, 0])
        #expect(bytes(.connected(.notAuthorized, isSessionPresent: true)) == [99, 0x20, 2, 0, 5], "MQTT-3.2.2-4")
        #expect(bytes(.connected(.unacceptableLevel, isSessionPresent: false)) == [99, 0x20, 2, 0, 1])
        #expect(bytes(.acknowledged(0xABCD)) == [99, 0x40, 2, 0xAB, 0xCD])
        #expect(bytes(.subscribed(0x0102, codes: [0, 1, 0x80])) == [99, 0x90, 5, 1, 2, 0, 1, 0x80])
        #expect(bytes(.unsubscribed(3)) == [99, 0xB0, 2, 0, 3])
        #expect(bytes(.pong) == [99, 0xD0, 0])
    }

    @Test func `a SUBACK of many filters has a long length`() {
        let packet = bytes(.subscribed(1, codes: [UInt8](repeating: 1, count: 200)))
        #expect(packet.prefix(6) == [99, 0x90, 0xCA, 1, 0, 1] && packet.count == 206)
    }

    @Test(arguments: [0, 1, 113, 114, 115, 127, 128, 16_369, 16_370, 16_371, 262_144, 2_097_140, 2_097_141])
    func `a message is read as it was written, into memory and behind bytes`(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for (id, isDuplicate) in [(0, false), (1, false), (0xFFFE, true)] as [(UInt16, Bool)] {
            let topic = Array("some/topic/é".utf8)
            topic.withUnsafeBytes { topic in
                payload.withUnsafeBytes { payload in
                    let packet = OutgoingPublish(topic: topic, payload: payload, id: id, isDuplicate: isDuplicate)
                    var appended: [UInt8] = [1, 2]
                    packet.append(to: &appended)
                    let written = [UInt8](unsafeUninitializedCapacity: packet.count) { buffer, count in
                        if let base = buffer.baseAddress { packet.write(to: base) }
                        count = packet.count
                    }
                    #expect(appended == [1, 2] + written)
                    #expect(
                        Reading(written, limit: written.count)
                            == .publish(
                                topic: "some/topic/é", payload: [UInt8](payload), id: id, quality: id == 0 ? 0 : 1,
                                isDuplicate: isDuplicate, isRetained: false))
                }
            }
        }
    }

    @Test func `a message of QoS 0 is never a duplicate`() {
        [UInt8(116)].withUnsafeBytes { topic in
            var bytes: [UInt8] = []
            OutgoingPublish(topic: topic, payload: UnsafeRawBufferPointer(start: nil, count: 0), id: 0, isDuplicate: true).append(
                to: &bytes)
            #expect(bytes == [0x30, 3, 0, 1, 116])
        }
    }
}
