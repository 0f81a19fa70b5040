import JSON

/// What is known of a value before any message is: the types of IoT Edge.
enum ConditionType: Equatable {
    case bool, number, string, null, undefined
    /// A value of the body, which is known when it is read.
    case query

    /// For messages.
    var noun: Text {
        switch self {
        case .bool: "a truth value"
        case .number: "a number"
        case .string: "a string"
        case .null: "null"
        case .undefined: "undefined"
        case .query: "a value of the body"
        }
    }

    /// Whether both sides of a comparison may be so: the same, or one of them a value of the body.
    func pairs(with other: ConditionType) -> Bool {
        switch (self, other) {
        case (.query, .undefined), (.undefined, .query): false
        case (.query, _), (_, .query): true
        default: self == other
        }
    }

    /// Whether it may stand where another type is wanted.
    func isAccepted(as wanted: ConditionType) -> Bool { self == wanted || self == .query }
}
