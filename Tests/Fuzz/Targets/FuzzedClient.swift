import JSON
import MQTT
import Messages
import ModuleIdentities

/// Both ends of one client's connections, without sockets: what it sends is done as a server does it, and all that comes of it is
/// compared with plain books.
struct FuzzedClient {
    private var state = ConnectionState()
    private var session: ClientSession
    private var publisher: Publisher
    private var queue = AcknowledgementQueue()
    /// Messages under way to the client: their identifiers by their receipts, of this connection and of those before.
    private var flights: [UInt64: UInt16] = [:]
    private var before: [UInt64: UInt16] = [:]
    private var receipt: UInt64 = 0

    init(isKnown: Bool, isDevice: Bool) {
        let identity = ModuleIdentity(deviceID: "a#b", moduleID: isDevice ? nil : "m")
        session = ClientSession(of: identity)
        publisher = Publisher(identity, client: isDevice ? "" : "m")
        if isKnown { connect() }
    }

    /// nil: all is as it must be.
    mutating func fault(of bytes: UnsafeRawBufferPointer) -> String? {
        var rest = bytes
        for _ in 0..<1000 {
            do throws(PacketError) {
                guard let (packet, count) = try Packet.read(rest, limit: state.packetLimit) else { return nil }
                if count < 2 || count > rest.count { return "a packet of \(count) bytes" }
                if let fault = Self.cutFault(rest, count) ?? fault(packet) { return fault }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } catch {
                if error.rule.isEmpty || error.reason.isEmpty { return "an error that says nothing" }
                let action = state.fail(error)
                if case .close = action { return nil }
                if case .refuse = action { return nil }
                return "after a broken packet it goes on"
            }
            if state.phase == .closed {
                // The same client comes again, and what it left is given to it first.
                session.disconnect()
                before.merge(flights) { _, new in new }
                flights = [:]
                connect()
                for receipt in before.keys.sorted() { if let fault = deliver(receipt) { return fault } }
            }
        }
        return nil
    }

    private mutating func connect() {
        state = ConnectionState()
        func field(_ text: String) -> [UInt8] { [0, UInt8(text.utf8.count)] + text.utf8 }
        let body = field("MQTT") + [4, 0xC2, 0, 9] + field("d") + field("h/d/?api-version=1") + field("token")
        let packet = [0x10, UInt8(body.count)] + body
        packet.withUnsafeBytes { bytes in
            guard let (packet, _) = try? Packet.read(bytes, limit: 100), case .authenticate = state.take(packet) else { return }
            state.accept()
        }
        queue = AcknowledgementQueue()
    }

    /// A packet that lacks its last byte is not there yet, and is not broken.
    private static func cutFault(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> String? {
        let cut = try? Packet.read(UnsafeRawBufferPointer(rebasing: bytes[..<(count - 1)]), limit: MQTTLimits.packet)
        return cut == nil ? nil : "without its last byte it is a packet too"
    }

    private mutating func fault(_ packet: Packet) -> String? {
        switch state.take(packet) {
        case .authenticate(let request):
            state.accept()
            guard IdentifierRules.problem(inDeviceID: request.identity.deviceID) == nil else { return "no device id" }
            return request.will.flatMap { MessageRules.problem(with: $0.message(from: "m"))?.string }
        case .publish(let publish): return fault(publish)
        case .acknowledge(let id): return acknowledge(id)
        case .subscribe(let packet): return subscribe(packet)
        case .unsubscribe(let packet):
            let before = session.stored
            return session.unsubscribe(packet) == (before != session.stored) ? nil : "it did not say what UNSUBSCRIBE changed"
        case .refuse(let code, let reason): return code == .accepted || reason.isEmpty ? "refused with \(code)" : nil
        case .close(let reason): return reason.isEmpty ? "closed without a reason" : nil
        case .pong, .disconnect: return nil
        }
    }

    private mutating func fault(_ publish: PublishPacket) -> String? {
        if let fault = Self.writeFault(publish) { return fault }
        let request: Publisher.Request
        do throws(PublishError) {
            request = try publisher.request(publish)
        } catch {
            state.close()
            return error.reason.isEmpty ? "refused without a reason" : nil
        }
        let number = queue.add(publish.id, size: publish.payload.count)
        queue.finish(number)
        guard queue.next() == (publish.id == 0 ? nil : publish.id) else { return "another PUBACK" }
        guard case .send(let message) = request else { return nil }
        if let problem = MessageRules.problem(with: message) { return "a message that none is: \(problem)" }
        var fresh = Publisher(publisher.identity, client: publisher.client)
        guard case .send(let again)? = try? fresh.request(publish), MessageCodec.encode(again) == MessageCodec.encode(message) else {
            return "from memory, the topic means something else"
        }
        if message.bodyCount == publish.payload.count, quality(message) == 1 {
            receipt += 1
            return deliver(receipt)
        }
        return nil
    }

    private func quality(_ message: Message) -> UInt8? {
        session.identity.moduleID == nil ? session.quality(of: .cloudToDevice) : session.quality(ofInput: message.output)
    }

    private mutating func deliver(_ receipt: UInt64) -> String? {
        guard let (id, isDuplicate) = session.begin(receipt) else {
            return flights.count < MQTTLimits.inFlight ? "no identifier is free" : nil
        }
        if flights.values.contains(id) { return "\(id) is under way already" }
        if isDuplicate != (before[receipt] != nil) || isDuplicate && before[receipt] != id { return "\(id) is another than before" }
        before[receipt] = nil
        flights[receipt] = id
        return session.inFlight == flights.count ? nil : "\(session.inFlight) are under way, not \(flights.count)"
    }

    private mutating func acknowledge(_ id: UInt16) -> String? {
        let known = flights.first { $0.value == id }?.key
        if let known { flights[known] = nil }
        let expected: ClientSession.Acknowledged = known.map { .message($0) } ?? .unknown
        return session.acknowledge(id) == expected ? nil : "the acknowledgement of \(id) is not \(expected)"
    }

    private mutating func subscribe(_ packet: SubscribePacket) -> String? {
        let before = session.stored
        let answer = session.subscribe(packet)
        guard answer.codes.count == packet.filters.reduce(0, { count, _ in count + 1 }) else { return "other codes" }
        guard answer.codes.allSatisfy({ [0, 1, 0x80].contains($0) }) else { return "no such code" }
        let stored = session.stored
        if answer.isChanged != (before != stored) { return "it did not say what SUBSCRIBE changed" }
        if stored.count > MQTTLimits.storedSession || session.subscriptionCount > MQTTLimits.subscriptions { return "it is too large" }
        guard ClientSession(of: session.identity, stored: stored)?.stored == stored else { return "stored, it is another" }
        return nil
    }

    /// What a client sent, a server can send, and it is the same.
    private static func writeFault(_ publish: PublishPacket) -> String? {
        let packet = OutgoingPublish(topic: publish.topic, payload: publish.payload, id: publish.id, isDuplicate: publish.isDuplicate)
        var bytes: [UInt8] = []
        packet.append(to: &bytes)
        guard bytes.count == packet.count else { return "it has another size" }
        return bytes.withUnsafeBytes { bytes in
            guard case .publish(let again)? = (try? Packet.read(bytes, limit: bytes.count))?.packet,
                again.topic.elementsEqual(publish.topic), again.payload.elementsEqual(publish.payload), again.id == publish.id
            else { return "written, it is another" }
            return nil
        }
    }
}
