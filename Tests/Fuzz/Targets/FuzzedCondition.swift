import JSON

/// The text of a condition made of an input's bytes: mostly of types that fit.
struct FuzzedCondition {
    static let steps = ["a", "b", "flag", "n", "é"]

    private enum Kind: Int, CaseIterable {
        case bool, number, string, query, null, undefined
    }

    private var input: FuzzInput
    /// Parts that may still be made.
    private var left = 60

    init(_ input: FuzzInput) { self.input = input }

    mutating func condition() -> String { expression(.bool, depth: 0) }

    private mutating func pick(_ values: [String]) -> String { values[Int(input.byte()) % values.count] }

    private mutating func expression(_ kind: Kind, depth: Int) -> String {
        left -= 1
        let choice = input.byte()
        // Now and then something that does not fit, and often something of the body.
        if choice >= 250 { return leaf(Kind.allCases[Int(input.byte()) % Kind.allCases.count]) }
        if choice >= 215, kind != .undefined { return body() }
        if depth > 6 || left < 0 || choice < 30 { return leaf(kind) }
        switch kind {
        case .bool: return bool(depth + 1)
        case .number, .query: return number(depth + 1)
        case .string: return string(depth + 1)
        case .null:
            return pick(["(null)", "null AND \(expression(.bool, depth: depth + 1))", "(null OR null)", "(null ?? null)"])
        case .undefined: return "(undefined)"
        }
    }

    private mutating func leaf(_ kind: Kind) -> String {
        switch kind {
        case .bool: return pick(["true", "false", "true", "(1 = 1)"])
        case .number: return pick(FuzzedMessage.numbers + ["0x10", "length(a)", "as_number(a)", "as_number(level)"])
        case .string:
            if input.byte() % 2 == 0 {
                return pick([
                    "a", "b", "LEVEL", "key", "é", "missing", "$messageId", "{$correlationId}", "$connectionModuleId", "$outputName",
                    "$CONTENTTYPE", "$edgeHubOriginInterface",
                ])
            }
            let text = pick(FuzzedMessage.texts)
            return input.byte() % 2 == 0 ? JSON.string(Text(text)).text.replacing("\\r\\n", with: "\\u000D\\u000a") : "'\(text)'"
        case .query: return body()
        case .null: return "null"
        case .undefined: return "undefined"
        }
    }

    private mutating func body() -> String {
        var path = ["$body.", "$Body.", "{$body."][Int(input.byte() % 16) % 3]
        let isEscaped = path.hasPrefix("{")
        path += pick(Self.steps)
        while input.byte() % 4 == 1 { path += input.byte() % 2 == 0 ? ".\(pick(Self.steps))" : "[\(input.byte() % 4)]" }
        return isEscaped ? path + "}" : path
    }

    private mutating func bool(_ depth: Int) -> String {
        func two(_ left: String, _ operation: String, _ right: String) -> String { "(\(left) \(operation) \(right))" }
        let kind = [Kind.number, .string, .string, .query, .bool, .null, .undefined][Int(input.byte()) % 7]
        switch input.byte() % 12 {
        case 0...2: return two(expression(.bool, depth: depth), pick(["AND", "and", "OR", "Or"]), expression(.bool, depth: depth))
        case 3: return "\(pick(["NOT", "not"])) \(expression(input.byte() % 8 == 0 ? .null : .bool, depth: depth))"
        case 4...7:
            return two(expression(kind, depth: depth), pick(["=", "!=", "<>", "<", "<=", ">", ">="]), expression(kind, depth: depth))
        case 8: return two(expression(.bool, depth: depth), "??", expression(.bool, depth: depth))
        case 9:
            return "\(pick(["is_bool", "is_defined", "Is_Null", "is_number", "is_string"]))(\(expression(kind, depth: depth)))"
        case 10:
            let name = pick(["starts_with", "ends_with", "contains", "CONTAINS"])
            return "\(name)(\(expression(.string, depth: depth)), \(expression(.string, depth: depth)))"
        default: return "\(expression(.bool, depth: depth)) \(pick(["AND", "OR"])) \(expression(.bool, depth: depth))"
        }
    }

    private mutating func number(_ depth: Int) -> String {
        switch input.byte() % 8 {
        case 0...2:
            return "(\(expression(.number, depth: depth)) \(pick(["+", "-", "*", "/", "%"])) \(expression(.number, depth: depth)))"
        case 3: return "- \(expression(.number, depth: depth))"
        case 4:
            let name = pick(["abs", "exp", "square", "ceiling", "floor", "sign", "sqrt"])
            return "\(name)(\(expression(.number, depth: depth)))"
        case 5: return "power(\(expression(.number, depth: depth)), \(expression(.number, depth: depth)))"
        case 6: return "as_number(\(expression(input.byte() % 4 == 0 ? .number : .string, depth: depth)))"
        default: return "index_of(\(expression(.string, depth: depth)), \(expression(.string, depth: depth)))"
        }
    }

    private mutating func string(_ depth: Int) -> String {
        switch input.byte() % 6 {
        case 0: return "(\(expression(.string, depth: depth)) || \(expression(.string, depth: depth)))"
        case 1: return "concat(\((0...input.byte() % 4).map { _ in expression(.string, depth: depth) }.joined(separator: ", ")))"
        case 2: return "\(pick(["lower", "upper"]))(\(expression(.string, depth: depth)))"
        case 3: return "substring(\(expression(.string, depth: depth)), \(expression(.number, depth: depth)))"
        case 4:
            let (start, length) = (expression(.number, depth: depth), expression(.number, depth: depth))
            return "substring(\(expression(.string, depth: depth)), \(start), \(length))"
        default: return "(\(expression(.string, depth: depth)) ?? \(expression(.string, depth: depth)))"
        }
    }
}
