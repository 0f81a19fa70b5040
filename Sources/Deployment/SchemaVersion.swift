import JSON

/// `schemaVersion` of `$edgeAgent` and `$edgeHub`: major, minor and an optional third number.
struct SchemaVersion: Equatable {
    let minor: Int
    /// nil where there is no third number.
    let build: Int?

    /// Of `1.m` or `1.m.b`; nil for anything else.
    init?(_ text: Text) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), SchemaVersion.number(parts[0]) == 1, let minor = SchemaVersion.number(parts[1]) else {
            return nil
        }
        self.minor = minor
        guard parts.count == 3 else {
            build = nil
            return
        }
        guard let build = SchemaVersion.number(parts[2]) else { return nil }
        self.build = build
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard !digits.isEmpty, digits.count <= 4 else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}

extension SchemaVersion {
    /// 1.0 up to 1.1.0; a third number counts. (IoT Edge: EdgeAgentConnection)
    static func ofAgent(_ object: ManifestObject) -> SchemaVersion? {
        of(object, "\"1.0\" or \"1.1\"") { $0.minor == 0 || $0.minor == 1 && ($0.build ?? 0) == 0 }
    }

    /// 1.0 to 1.3; a third number does not count. (IoT Edge: EdgeHubConfigParser)
    static func ofHub(_ object: ManifestObject) -> SchemaVersion? {
        of(object, "\"1.0\", \"1.1\", \"1.2\" or \"1.3\"") { $0.minor <= 3 }
    }

    private static func of(_ object: ManifestObject, _ choices: Text, isKnown: (SchemaVersion) -> Bool) -> SchemaVersion? {
        guard let member = object.required("schemaVersion", "\"schemaVersion\": \"1.1\""), let text = member.text() else { return nil }
        guard let version = SchemaVersion(text), isKnown(version) else {
            member.error("\(text.quoted) is not a schema version of this part; use \(choices)")
            return nil
        }
        return version
    }
}
