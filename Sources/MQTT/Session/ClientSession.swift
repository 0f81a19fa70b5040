public import JSON
public import ModuleIdentities

/// What lasts from one connection of a client to the next: what it wants to get, and what is on its way to it.
///
/// Stored are the subscriptions alone; what is on its way is known as long as the host runs. Notices (twin answers, desired properties,
/// method calls) are not sent again to the next connection, as IoT Hub does not either.
public struct ClientSession {
    /// What a PUBACK says.
    public enum Acknowledged: Equatable, Sendable {
        /// The client has the message with this receipt.
        case message(UInt64)
        /// It has a notice.
        case notice
        /// Nothing of this packet identifier is under way: it is ignored.
        case unknown
    }

    public let identity: ModuleIdentity
    private var subscriptions = SubscriptionSet()
    private var flights = Flights()

    /// An empty one.
    public init(of identity: ModuleIdentity) {
        self.identity = identity
    }

    /// What `stored` gave; nil: these are not its bytes.
    public init?(of identity: ModuleIdentity, stored: [UInt8]) {
        guard let subscriptions = SubscriptionSet(stored: stored) else { return nil }
        self.identity = identity
        self.subscriptions = subscriptions
    }

    /// The form to be stored: 1 to `MQTTLimits.storedSession` bytes.
    public var stored: [UInt8] { subscriptions.stored }

    /// Subscriptions that mean something.
    public var subscriptionCount: Int { subscriptions.count }

    /// The answer to a SUBSCRIBE.
    public struct Subscribed {
        /// For SUBACK: the QoS that each filter got, or 0x80.
        public var codes: [UInt8] = []
        /// What is stored changed: SUBACK waits until it is stored again, unless the session is clean.
        public var isChanged = false
        /// For the log: the first filter that was refused or means nothing.
        public var remark: Text?
    }

    /// Takes the filters of a SUBSCRIBE. QoS 2 gets 1. [MQTT-3.8.4-5]
    public mutating func subscribe(_ packet: SubscribePacket) -> Subscribed {
        var answer = Subscribed()
        let before = subscriptions
        for (filter, asked) in packet.filters {
            let quality = min(asked, 1)
            let subscription = Subscription(filter, of: identity)
            switch subscription {
            case .nothing:
                answer.codes.append(quality)
                remark("means nothing here: nothing will be delivered on it", filter, &answer)
            case .foreign:
                answer.codes.append(0x80)
                remark("is that of another identity: refused", filter, &answer)
            default:
                let isTaken = subscriptions.add(subscription, quality: quality)
                answer.codes.append(isTaken ? quality : 0x80)
                if !isTaken { remark("is one too many: a session has at most \(MQTTLimits.subscriptions)", filter, &answer) }
            }
        }
        answer.isChanged = before != subscriptions
        return answer
    }

    /// Takes the filters of an UNSUBSCRIBE. UNSUBACK comes in any case. [MQTT-3.10.4-5]
    /// - Returns: whether what is stored changed.
    public mutating func unsubscribe(_ packet: UnsubscribePacket) -> Bool {
        let before = subscriptions
        for (filter, _) in packet.filters { subscriptions.remove(Subscription(filter, of: identity)) }
        return before != subscriptions
    }

    /// The QoS at which something is sent, 0 or 1; nil: the client did not ask for it.
    public func quality(of subscription: Subscription) -> UInt8? { subscriptions.quality(of: subscription) }

    /// The QoS at which messages for an input are sent; nil: the client did not ask for them.
    public func quality(ofInput input: Text) -> UInt8? { subscriptions.quality(ofInput: input) }

    /// A message goes to the client at QoS 1.
    /// - Parameter receipt: of its delivery. One that went to the connection before and was not acknowledged gets the packet identifier
    ///   of then, and DUP.
    /// - Returns: nil: `MQTTLimits.inFlight` are under way.
    public mutating func begin(_ receipt: UInt64) -> (id: UInt16, isDuplicate: Bool)? { flights.begin(receipt) }

    /// A message goes to the client at QoS 0: if it went to the connection before at QoS 1, nothing waits for that any longer.
    public mutating func forget(_ receipt: UInt64) { flights.forget(receipt) }

    /// A notice goes to the client at QoS 1.
    /// - Returns: its packet identifier; nil: the client left so many unacknowledged that the connection should end.
    public mutating func beginNotice() -> UInt16? { flights.beginNotice() }

    /// The client sent PUBACK.
    public mutating func acknowledge(_ id: UInt16) -> Acknowledged { flights.end(id) }

    /// Messages on their way at QoS 1.
    public var inFlight: Int { flights.count }

    /// The connection is gone.
    public mutating func disconnect() { flights.disconnect() }

    @inline(never)
    private func remark(_ what: Text, _ filter: UnsafeRawBufferPointer, _ answer: inout Subscribed) {
        if answer.remark == nil { answer.remark = "the filter \(Text(utf8: filter).quoted) \(what)" }
    }
}
