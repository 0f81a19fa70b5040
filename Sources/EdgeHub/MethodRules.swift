import JSON

/// What IoT Hub allows of a direct method call. (facts 8.1)
enum MethodRules {
    /// - Returns: why the call is not valid; nil: it is.
    static func complaint(method: Text, payload: JSON, timeoutMs: UInt64, connectTimeoutMs: UInt64) -> Text? {
        guard !method.isEmpty else { return "the method has no name" }
        guard method.utf8.count <= HubLimits.methodNameBytes else {
            return "the method's name has \(method.utf8.count) bytes; at most \(HubLimits.methodNameBytes) are allowed"
        }
        for byte in method.utf8 where !isAllowed(byte) {
            return
                "the method's name \(method.quoted) holds the byte \(Int(byte)); names are of printable ASCII without space and $()<>@,;:\\\"/[]?={}"
        }
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

    private static func isAllowed(_ byte: UInt8) -> Bool {
        guard byte > 0x20 && byte < 0x7F else { return false }
        for forbidden in "$()<>@,;:\\\"/[]?={}".utf8 where forbidden == byte { return false }
        return true
    }
}
