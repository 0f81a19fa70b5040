import JSON

/// A function of conditions.
struct ConditionFunction {
    /// Which arguments it takes.
    enum Shape {
        case anything, number, twoNumbers, numberOrText, text, twoTexts, textAndRange, texts

        /// For messages.
        var form: Text {
            switch self {
            case .anything: "(value)"
            case .number: "(number)"
            case .twoNumbers: "(number, number)"
            case .numberOrText: "(string or number)"
            case .text: "(string)"
            case .twoTexts: "(string, string)"
            case .textAndRange: "(string, start) or (string, start, length)"
            case .texts: "(string, string, …)"
            }
        }

        var count: ClosedRange<Int> {
            switch self {
            case .anything, .number, .numberOrText, .text: 1...1
            case .twoNumbers, .twoTexts: 2...2
            case .textAndRange: 2...3
            case .texts: 2...ConditionLimits.arguments
            }
        }

        /// Whether the argument at an index may be of a type.
        func accepts(_ type: ConditionType, at index: Int) -> Bool {
            switch self {
            case .anything: true
            case .number, .twoNumbers: type.isAccepted(as: .number)
            case .numberOrText: type.isAccepted(as: .number) || type == .string
            case .text, .twoTexts, .texts: type.isAccepted(as: .string)
            case .textAndRange: type.isAccepted(as: index == 0 ? .string : .number)
            }
        }

        /// What an argument must be, for messages.
        func wanted(at index: Int) -> ConditionType {
            switch self {
            case .number, .twoNumbers, .numberOrText: .number
            case .textAndRange where index > 0: .number
            default: .string
            }
        }
    }

    let name: Text
    let operation: ConditionInstruction.Operation
    let shape: Shape
    let result: ConditionType

    /// By its name, in any case.
    static func named(_ name: Text) -> ConditionFunction? {
        for function in all where ASCII.equalIgnoringCase(function.name, name) { return function }
        return nil
    }

    /// In the order of the documentation.
    static var all: [ConditionFunction] {
        let numbers: [(Text, ConditionInstruction.Operation)] = [
            ("abs", .abs), ("exp", .exp), ("square", .square), ("ceiling", .ceiling), ("floor", .floor), ("sign", .sign), ("sqrt", .sqrt),
        ]
        let types: [(Text, ConditionInstruction.Operation)] = [
            ("is_bool", .isBool), ("is_defined", .isDefined), ("is_null", .isNull), ("is_number", .isNumber), ("is_string", .isString),
        ]
        let pairs: [(Text, ConditionInstruction.Operation)] = [
            ("starts_with", .startsWith), ("ends_with", .endsWith), ("contains", .contains),
        ]
        return numbers.map { ConditionFunction(name: $0.0, operation: $0.1, shape: .number, result: .number) }
            + types.map { ConditionFunction(name: $0.0, operation: $0.1, shape: .anything, result: .bool) }
            + pairs.map { ConditionFunction(name: $0.0, operation: $0.1, shape: .twoTexts, result: .bool) }
            + [
                ConditionFunction(name: "power", operation: .power, shape: .twoNumbers, result: .number),
                ConditionFunction(name: "as_number", operation: .asNumber, shape: .numberOrText, result: .number),
                ConditionFunction(name: "concat", operation: .concat, shape: .texts, result: .string),
                ConditionFunction(name: "length", operation: .length, shape: .text, result: .number),
                ConditionFunction(name: "lower", operation: .lower, shape: .text, result: .string),
                ConditionFunction(name: "upper", operation: .upper, shape: .text, result: .string),
                ConditionFunction(name: "substring", operation: .substring, shape: .textAndRange, result: .string),
                ConditionFunction(name: "index_of", operation: .indexOf, shape: .twoTexts, result: .number),
            ]
    }
}
