public import JSON

/// What a twin may hold, told by Unicode's properties; slow and simple.
public enum RuleModel {
    public static func allows(_ patch: JSONObject) -> Bool {
        patch.allSatisfy { allows($0.key) && allows($0.value, depth: 0, inArray: false) }
    }

    private static func allows(_ key: Text) -> Bool {
        key.utf8.count <= 1024
            && key.string.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && !$0.properties.isWhitespace && $0 != "." && $0 != "$" && $0 != "#"
            }
    }

    /// - Parameter depth: of what it is in.
    private static func allows(_ value: JSON, depth: Int, inArray: Bool) -> Bool {
        switch value {
        case .null: !inArray
        case .bool, .number: true
        case .integer(let value): Double(value) >= -0x1p52 && Double(value) <= 0x1p52 - 1
        case .string(let text): text.utf8.count <= 4096
        case .array(let elements): depth < 10 && elements.allSatisfy { allows($0, depth: depth + 1, inArray: true) }
        case .object(let object):
            depth < 10 && object.allSatisfy { allows($0.key) && allows($0.value, depth: depth + 1, inArray: inArray) }
        }
    }
}
