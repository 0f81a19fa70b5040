import JSON
import ModuleIdentities
import ModuleLinks

/// What IoT Hub allows of a direct method call and its answer. (facts 8.1)
enum MethodRules {
    /// - Parameter bytes: of the payload.
    /// - Returns: why the call is not valid; nil: it is.
    static func complaint(method: Text, bytes: Int, timeoutMs: UInt64, connectTimeoutMs: UInt64) -> Text? {
        if let problem = IdentifierRules.problem(inMethodName: method) { return problem }
        guard timeoutMs > 0 && timeoutMs <= HubLimits.methodTimeoutMs else {
            return "the timeout is \(timeoutMs) ms; it goes from 1 to \(HubLimits.methodTimeoutMs)"
        }
        guard connectTimeoutMs <= HubLimits.methodTimeoutMs else {
            return "the connect timeout is \(connectTimeoutMs) ms; it goes from 0 to \(HubLimits.methodTimeoutMs)"
        }
        guard bytes <= HubLimits.methodPayloadBytes else {
            return "the payload has \(bytes) bytes; at most \(HubLimits.methodPayloadBytes) are allowed"
        }
        return nil
    }

    /// Bytes of a payload as compact JSON.
    static func size(of payload: JSON) -> Int {
        switch payload {
        case .null, .bool, .integer, .number: 8
        default: payload.bytes().count
        }
    }

    /// What the caller gets to hear: an answer that is larger than a payload may be is an error of the module.
    /// - Parameter module: its name, for people.
    static func checked(_ outcome: MethodOutcome, of module: Text, method: Text) -> MethodOutcome {
        guard case .answered(_, let payload) = outcome else { return outcome }
        let bytes = size(of: payload)
        guard bytes > HubLimits.methodPayloadBytes else { return outcome }
        let message: Text =
            "\(module) answered \(method) with \(bytes) bytes; at most \(HubLimits.methodPayloadBytes) are allowed"
        return .answered(status: 500, payload: ["message": .string(message)])
    }
}
