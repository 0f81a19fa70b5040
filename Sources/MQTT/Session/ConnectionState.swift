import JSON

/// What one connection may do next: first CONNECT, once, then anything else. (MQTT 3.1.1 section 4)
///
/// The driver calls `accept` or `close` for an `authenticate` before it gives the next packet.
public struct ConnectionState {
    /// Where a connection is.
    public enum Phase: Sendable {
        case awaitingConnect
        case authenticating
        case connected
        case closed
    }

    public private(set) var phase = Phase.awaitingConnect

    /// Of a connection that has just been made.
    public init() {}

    public var isConnected: Bool { phase == .connected }

    /// For `Packet.read`.
    public var packetLimit: Int { phase == .connected ? MQTTLimits.packet : MQTTLimits.packetBeforeConnect }

    /// What is to be done for a packet.
    public mutating func take(_ packet: Packet) -> PacketAction {
        switch (phase, packet) {
        case (.connected, .publish(let packet)): return .publish(packet)
        case (.connected, .acknowledge(let id)): return .acknowledge(id)
        case (.connected, .ping): return .pong
        case (.connected, .subscribe(let packet)): return .subscribe(packet)
        case (.connected, .unsubscribe(let packet)): return .unsubscribe(packet)
        case (.connected, .disconnect):
            phase = .closed
            return .disconnect
        case (.connected, .connect): return end("a second CONNECT came [MQTT-3.1.0-2]")
        case (.awaitingConnect, .connect(let packet)):
            let action = ConnectRules.action(packet)
            if case .authenticate = action { phase = .authenticating } else { phase = .closed }
            return action
        case (.awaitingConnect, _): return end("the first packet is not CONNECT [MQTT-3.1.0-1]")
        case (.authenticating, _): return end("a packet came before CONNECT was answered")
        case (.closed, _): return end("the connection is closed already")
        }
    }

    /// What is to be done when `Packet.read` throws.
    public mutating func fail(_ error: PacketError) -> PacketAction {
        let isFirst = phase == .awaitingConnect
        phase = .closed
        if isFirst, let code = error.code { return .refuse(code, "\(error)") }
        return .close("\(error)")
    }

    /// The client is who it says it is.
    public mutating func accept() {
        precondition(phase == .authenticating, "only a CONNECT is accepted")
        phase = .connected
    }

    /// Refused, or ended for whatever reason.
    public mutating func close() { phase = .closed }

    private mutating func end(_ reason: Text) -> PacketAction {
        phase = .closed
        return .close(reason)
    }
}
