import CPOSIX
public import JSON
public import Messages
public import ModuleIdentities

/// One client as a publisher: knows the topic of its last message with its meaning, so that the next one on it costs a comparison.
public struct Publisher {
    public let identity: ModuleIdentity
    /// As the hub names it.
    public let client: Text
    private var lastTopic: [UInt8] = []
    private var lastHead = MessageHead()

    /// - Parameter client: as the hub names it (`ClientName`).
    public init(_ identity: ModuleIdentity, client: Text) {
        (self.identity, self.client) = (identity, client)
    }

    /// What a publish asks for.
    public enum Request {
        case send(Message)
        case getTwin(requestID: Text)
        /// The patch is a view of the packet; nobody waits for an answer where there is no request id.
        case report(UnsafeRawBufferPointer, requestID: Text?)
        /// The payload is a view of the packet; an unknown request id means nothing.
        case answer(status: Int, UnsafeRawBufferPointer, requestID: Text)
    }

    /// - Throws: why it is not taken: the connection ends, without PUBACK.
    public mutating func request(_ publish: PublishPacket) throws(PublishError) -> Request {
        if publish.quality == 2 { throw PublishError(.quality, "PUBLISH has QoS 2; use 0 or 1") }
        if isLast(publish.topic) { return .send(try lastHead.message(from: client, publish)) }
        switch try ClientTopic.read(publish.topic, of: identity) {
        case .telemetry(let head):
            if publish.topic.count <= MQTTLimits.rememberedTopic { (lastTopic, lastHead) = ([UInt8](publish.topic), head) }
            return .send(try head.message(from: client, publish))
        case .twinGet(let requestID): return .getTwin(requestID: requestID)
        case .reported(let requestID): return .report(publish.payload, requestID: requestID)
        case .methodResponse(let status, let requestID): return .answer(status: status, publish.payload, requestID: requestID)
        }
    }

    private func isLast(_ topic: UnsafeRawBufferPointer) -> Bool {
        guard topic.count == lastTopic.count, let base = topic.baseAddress else { return false }
        return lastTopic.withUnsafeBytes { $0.baseAddress.map { memcmp($0, base, topic.count) == 0 } ?? false }
    }
}
