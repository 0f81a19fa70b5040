import JSON
import ModuleIdentities

/// What IoT Hub allows of a direct method call. (facts 8.1)
enum MethodRules {
    /// - Returns: why the call is not valid; nil: it is.
    static func complaint(method: Text, payload: JSON, timeoutMs: UInt64, connectTimeoutMs: UInt64) -> Text? {
        if let problem = IdentifierRules.problem(inMethodName: method) { return problem }
        guard timeoutMs > 0 && timeoutMs <= HubLimits.methodTimeoutMs else {
            return "the timeout is \(timeoutMs) ms; it goes from 1 to \(HubLimits.methodTimeoutMs)"
        }
        guard connectTimeoutMs <= HubLimits.methodTimeoutMs else {
            return "the connect timeout is \(connectTimeoutMs) ms; it goes from 0 to \(HubLimits.methodTimeoutMs)"
        }
        let size = payload.bytes().count
        guard size <= HubLimits.methodPayloadBytes else {
            return "the payload has \(size) bytes; at most \(HubLimits.methodPayloadBytes) are allowed"
        }
        return nil
    }
}
