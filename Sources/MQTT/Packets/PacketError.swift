public import JSON

/// Which rule of MQTT 3.1.1 a client broke. The connection ends.
public struct PacketError: Error, Equatable, Sendable {
    /// The number of the normative statement, such as `MQTT-2.2.2-2`, or the number of a section where there is none.
    public let rule: Text
    /// For people: what was wrong, and what would be right.
    public let reason: Text
    /// The code of the CONNACK that comes before the end; nil: none does.
    public let code: ConnectCode?

    init(_ rule: Text, _ reason: Text, code: ConnectCode? = nil) {
        (self.rule, self.reason, self.code) = (rule, reason, code)
    }
}

extension PacketError: CustomStringConvertible {
    public var description: String { "\(reason) [\(rule)]" }
}
