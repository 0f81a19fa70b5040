import JSON

extension MethodRequest {
    /// Bytes of a method's name (IoT Hub).
    public static let maximumName = 100
    /// Bytes of a payload as compact JSON (IoT Hub).
    public static let maximumPayload = 131_072

    /// From the envelope of IoT Hub's service API: `methodName`, `payload`, `responseTimeoutInSeconds` 5 to 300,
    /// `connectTimeoutInSeconds` 0 to 300; a time of null is the default.
    init(parsing body: JSONObject) throws(ControlError) {
        guard let name = body["methodName"]?.string, Self.isName(name) else {
            throw ControlError(
                .invalid,
                """
                methodName is \(body["methodName"]?.text ?? "missing"): up to \(Self.maximumName) printable ASCII characters without \
                spaces and $()<>@,;:\\"/[]?={} are expected
                """)
        }
        let payload = body["payload"] ?? .null
        guard payload.bytes().count <= Self.maximumPayload else {
            throw ControlError(.tooLarge, "payload is larger than \(Self.maximumPayload) bytes")
        }
        self.init(
            method: name, payload: payload,
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

    /// What IoT Hub takes as a method's name.
    public static func isName(_ name: Text) -> Bool {
        guard !name.isEmpty, name.utf8.count <= maximumName else { return false }
        return name.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"$()<>@,;:\\\"/[]?={}".utf8.contains(byte)
        }
    }
}
