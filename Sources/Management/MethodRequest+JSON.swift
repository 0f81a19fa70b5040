import JSON

extension MethodRequest {
    /// From the envelope of IoT Hub's service API: `methodName`, `payload`, `responseTimeoutInSeconds` 5 to 300,
    /// `connectTimeoutInSeconds` 0 to 300; a time of null is the default.
    init(parsing body: JSONObject) throws(ControlError) {
        guard let name = body["methodName"]?.string else {
            throw ControlError(.invalid, "methodName is \(body["methodName"]?.text ?? "missing"): a string is expected")
        }
        self.init(
            method: name, payload: body["payload"] ?? .null,
            connectTimeoutMs: try Self.milliseconds(body, "connectTimeoutInSeconds", 0...300, standard: 0),
            responseTimeoutMs: try Self.milliseconds(body, "responseTimeoutInSeconds", 5...300, standard: 30))
    }

    private static func milliseconds(
        _ body: JSONObject, _ key: Text, _ range: ClosedRange<Int64>, standard: Int64
    ) throws(ControlError) -> UInt64 {
        guard let value = body[key], !value.isNull else { return UInt64(standard) * 1000 }
        guard let seconds = value.integer, range.contains(seconds) else {
            throw ControlError(
                .invalid, "\(key) is \(value.text): a whole number of \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return UInt64(seconds) * 1000
    }
}
