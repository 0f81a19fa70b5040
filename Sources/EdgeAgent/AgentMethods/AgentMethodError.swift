import JSON

/// Why `$edgeAgent` did not do what it was called for.
struct AgentMethodError: Error, Equatable {
    /// 400: the name or the payload is not valid. 500: it could not be done. (IoT Edge)
    let status: Int
    /// Names place, value and what would be right.
    let message: Text

    static func invalid(_ message: Text) -> AgentMethodError { AgentMethodError(status: 400, message: message) }
    static func failed(_ message: Text) -> AgentMethodError { AgentMethodError(status: 500, message: message) }
}
