import JSON

// What is wrong with a condition, and what would be right.
extension ConditionParser {
    /// As it is written, if it is short.
    private func shown(_ range: Range<Int>) -> Text { range.count <= 48 ? scanner.text(range) : "…" }

    private func error(_ operand: ConditionOperand, _ message: Text) -> RouteError {
        scanner.error(at: operand.range.lowerBound, message)
    }

    /// `level is a property, always a string`
    private func said(_ operand: ConditionOperand) -> Text {
        if operand.isProperty { return "\(shown(operand.range)) is a property, always a string" }
        return operand.type == .null || operand.type == .undefined
            ? "this is \(operand.type.noun)" : "\(shown(operand.range)) is \(operand.type.noun)"
    }

    func notBool(_ operand: ConditionOperand, of sign: Text) -> RouteError {
        if operand.isProperty {
            return error(operand, "\(said(operand)), and \(sign) takes true or false; write \(shown(operand.range)) = 'true'")
        }
        return error(operand, "\(said(operand)), and \(sign) takes true or false; compare it, or put parentheses around the comparison")
    }

    func notNumber(_ operand: ConditionOperand, of sign: Text) -> RouteError {
        if operand.type == .string {
            let join: Text = sign == "+" ? ", or join texts with ||" : ""
            return error(operand, "\(said(operand)), and \(sign) takes numbers; write as_number(\(shown(operand.range)))\(join)")
        }
        return error(operand, "\(said(operand)), and \(sign) takes numbers")
    }

    func notText(_ operand: ConditionOperand) -> RouteError {
        let or: Text = operand.type == .bool ? "; for one of two conditions write OR" : ""
        return error(operand, "\(said(operand)), and || joins strings\(or)")
    }

    /// The two sides of a comparison or `??`.
    func mismatch(_ left: ConditionOperand, _ sign: Range<Int>, _ right: ConditionOperand) -> RouteError {
        let (property, other) = left.isProperty ? (left, right) : (right, left)
        if property.isProperty {
            let name = shown(property.range)
            switch other.type {
            case .number:
                let number: Text = "as_number(\(name))"
                let sides = left.isProperty ? (number, shown(right.range)) : (shown(left.range), number)
                return error(property, "\(said(property)); write \(sides.0) \(scanner.text(sign)) \(sides.1)")
            case .bool:
                return error(property, "\(said(property)), and \(shown(other.range)) is a truth value; write \(name) = 'true' in its place")
            case .null, .undefined: return error(property, "\(said(property)), or undefined if it is missing; write is_defined(\(name))")
            default: break
            }
        }
        let sides: Text = "\(said(left)), and \(said(right))"
        let bytes = scanner.bytes(left.range)
        let isJoined = zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "|") && $1 == UInt8(ascii: "|") }
        let help: Text = left.type == .bool && isJoined ? "; || joins strings, for one of two conditions write OR" : ""
        return scanner.error(at: sign.lowerBound, "\(sides); both sides of \(scanner.text(sign)) must be of one type\(help)")
    }

    func wrongArgument(_ operand: ConditionOperand, _ index: Int, _ function: ConditionFunction) -> RouteError {
        let wanted = function.shape.wanted(at: index)
        let help: Text = wanted == .number && operand.type == .string ? "; write as_number(\(shown(operand.range)))" : ""
        let place: Text = "argument \(index + 1) of \(function.name)\(function.shape.form)"
        return error(operand, "\(place) must be \(wanted.noun), and \(said(operand))\(help)")
    }

    func wrongCount(_ function: ConditionFunction, at offset: Int) -> RouteError {
        let most: Text = function.operation == .concat ? ", of 2 to \(ConditionLimits.arguments) strings" : ""
        return scanner.error(at: offset, "wrong number of arguments; use \(function.name)\(function.shape.form)\(most)")
    }

    func unknownFunction(_ name: Range<Int>) -> RouteError {
        if ASCII.equalIgnoringCase(scanner.text(name), "twin_change_includes") {
            return scanner.error(at: name.lowerBound, "twin_change_includes is not there on the edge; look into the change with $body")
        }
        let names = ConditionFunction.all.map { $0.name }.listed(last: "or")
        return scanner.error(at: name.lowerBound, "\(scanner.quoted(name)) is not a function; use \(names)")
    }

    /// A value is expected.
    func unexpectedInsteadOfValue() -> RouteError {
        switch scanner.token.kind {
        case .symbol(.equal) where scanner.lastEnd == scanner.token.range.lowerBound: return scanner.error("== is not an operator; use =")
        case .queryPath: return scanner.error("a name of a property holds no [ or ]; of the body, write $body.name[0]")
        case .keyword(let keyword) where keyword != .into:
            return scanner.error("\(scanner.quoted(scanner.token.range)) is a word of the route language, not the name of a property")
        default: return scanner.unexpected("a value is expected: a property, 'text', a number, $name, $body.name or a function")
        }
    }

    /// A value has been read, and what follows does not go with it.
    func unexpectedBehindValue(_ expected: Text) -> RouteError {
        let bytes = scanner.bytes(scanner.token.range)
        switch scanner.token.kind {
        case .number where bytes.first == UInt8(ascii: "-"):
            return scanner.error("\(scanner.quoted(scanner.token.range)) is a number; to subtract, put white space behind -")
        case .name where bytes.elementsEqual("&&".utf8): return scanner.error("&& is not an operator; use AND")
        case .name where ConditionParser.isSign(bytes.first ?? 0):
            return scanner.error(
                "\(scanner.quoted(scanner.token.range)) is a name: operators made of characters of names need white space around them")
        case .symbol(.closeParenthesis): return scanner.error("there is no ( for this )")
        default: return scanner.unexpected(expected)
        }
    }

    /// A name that looks like an operator or a literal.
    func warnOfName(_ name: Range<Int>) {
        let bytes = scanner.bytes(name)
        if bytes.contains(where: ConditionParser.isSign) || bytes.first == UInt8(ascii: "-") {
            scanner.warn(
                at: name.lowerBound,
                "\(scanner.quoted(name)) is one name, of a property: operators made of characters of names need white space around them")
        }
        for word: Text in ["true", "false", "null", "undefined"] where ASCII.equalIgnoringCase(word, scanner.text(name)) {
            scanner.warn(at: name.lowerBound, "\(scanner.quoted(name)) is the name of a property; the literal is \(word)")
        }
    }

    /// A condition that no message fulfils.
    func warnOfResult(_ whole: ConditionOperand) {
        guard whole.type != .bool, whole.type != .query else { return }
        scanner.warn(at: whole.range.lowerBound, "\(said(whole)): the condition is never true, and the route carries nothing")
    }

    /// A character of operators that may stand in names. `-` and `.` are left out: many names hold them.
    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "|"), UInt8(ascii: "!"), UInt8(ascii: "'"): true
        default: false
        }
    }
}
