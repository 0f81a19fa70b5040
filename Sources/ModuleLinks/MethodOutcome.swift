public import JSON

/// How a direct method call ended.
public enum MethodOutcome: Equatable, Sendable {
    /// The module's own status and payload.
    case answered(status: Int, payload: JSON)
    /// Not called: no such module, or it is not running. (IoT Hub's 404)
    case notFound(reason: Text)
    /// No answer in time. (IoT Hub's 504)
    case timedOut(reason: Text)
    /// Not called: name, payload or timeout is not valid. (IoT Hub's 400)
    case invalid(reason: Text)
    /// Not called: too much is under way already; later it may work. (IoT Hub's 429)
    case busy(reason: Text)
}
