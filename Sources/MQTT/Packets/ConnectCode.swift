/// The return code of a CONNACK. (MQTT 3.1.1 section 3.2.2.3)
public enum ConnectCode: UInt8, Sendable {
    case accepted
    /// The client speaks another level than 4, which is 3.1.1.
    case unacceptableLevel
    /// The client id is not that of the user name.
    case identifierRejected
    /// The user name says of no identity, or the server cannot serve now.
    case serverUnavailable
    case badUserNameOrPassword
    /// The token is not good, or the identity may not connect.
    case notAuthorized
}
