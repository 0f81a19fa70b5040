import JSON

/// Reads a condition and compiles it in one pass: what is read is checked at once and becomes steps at once.
///
/// Operators by how tightly they bind (IoT Edge: Condition.g4): `-` and NOT; `*` `/` `%`; `+` `-` `||`; `<` `<=` `>` `>=`; `=` `!=` `<>`;
/// AND; OR; `??`. Of equal ones the left one first.
struct ConditionParser {
    var scanner: RouteScanner
    var assembler = ConditionAssembler()
    private var depth = 0

    /// - Parameter scanner: at the first token behind WHERE; afterwards at the first that is no longer part of the condition.
    init(_ scanner: RouteScanner) {
        self.scanner = scanner
    }

    /// nil: the condition is `true`.
    mutating func program() throws(RouteError) -> ConditionProgram? {
        let start = scanner.token.range.lowerBound
        let whole = try expression(.coalesce)
        guard scanner.isAt(.into) || scanner.token.kind == .end else { throw unexpectedBehindValue("an operator or INTO is expected") }
        if assembler.greatestHeight > ConditionLimits.stack {
            throw scanner.error(at: start, "the condition is too large: more than \(ConditionLimits.stack) values wait in it at once")
        }
        warnOfResult(whole)
        if assembler.instructions.count == 1, assembler.instructions.first?.operation == .pushTrue { return nil }
        return assembler.program
    }

    /// Operators of this binding and tighter ones.
    mutating func expression(_ loosest: ConditionOperator.Binding) throws(RouteError) -> ConditionOperand {
        var left = try operand()
        while let sign = ConditionOperator(scanner.token.kind), sign.binding.rawValue >= loosest.rawValue {
            let place = scanner.token.range
            scanner.advance()
            let jump = try prepare(sign, left, place)
            let right: ConditionOperand
            if let tighter = ConditionOperator.Binding(rawValue: sign.binding.rawValue + 1) {
                right = try expression(tighter)
            } else {
                right = try operand()
            }
            left = try combine(left, sign, right, at: place, jump)
        }
        return left
    }

    /// A value with NOT and minus before it.
    private mutating func operand() throws(RouteError) -> ConditionOperand {
        let start = scanner.token.range
        let isNot = scanner.token.kind == .word(.not)
        guard isNot || scanner.isAt(.minus) else { return try primary() }
        try enter()
        scanner.advance()
        let value = try operand()
        depth -= 1
        let range = start.lowerBound..<value.range.upperBound
        if isNot {
            guard value.type == .bool || value.type == .null || value.type == .query else { throw notBool(value, of: "NOT") }
            if value.type == .query { assembler.emit(.boolOfBody) }
            assembler.emit(.not)
            return ConditionOperand(type: .bool, range: range)
        }
        guard value.type.isAccepted(as: .number) else { throw notNumber(value, of: "-") }
        assembler.emit(.negate)
        return ConditionOperand(type: value.type, range: range)
    }

    /// One level deeper; the caller goes back.
    private mutating func enter() throws(RouteError) {
        depth += 1
        if depth > ConditionLimits.depth {
            throw scanner.error("the condition is nested too deeply; at most \(ConditionLimits.depth) levels are allowed")
        }
    }

    private mutating func primary() throws(RouteError) -> ConditionOperand {
        let token = scanner.token
        var type: ConditionType
        switch token.kind {
        case .symbol(.openParenthesis):
            try enter()
            scanner.advance()
            let inner = try expression(.coalesce)
            depth -= 1
            try close()
            return ConditionOperand(type: inner.type, range: token.range.lowerBound..<scanner.lastEnd)
        case .symbol(.openBrace):
            scanner.advance()
            guard scanner.token.kind == .systemName else {
                throw scanner.unexpected("a system property is expected in { }, as {$messageId}")
            }
            type = try systemName(scanner.token.range, hasBraces: true)
            scanner.advance()
            guard scanner.isAt(.closeBrace) else { throw scanner.unexpected("} is expected") }
        case .systemName: type = try systemName(token.range, hasBraces: false)
        case .name:
            scanner.advance()
            if scanner.isAt(.openParenthesis) { return try call(token.range) }
            warnOfName(token.range)
            assembler.emit(.property, assembler.name(scanner.bytes(token.range)))
            return ConditionOperand(type: .string, range: token.range, isProperty: true)
        case .string(let text):
            assembler.emit(.pushText, assembler.text(text.utf8))
            type = .string
        case .number:
            assembler.number(try number(token.range))
            type = .number
        case .word(.true):
            assembler.emit(.pushTrue)
            type = .bool
        case .word(.false):
            assembler.emit(.pushFalse)
            type = .bool
        case .word(.null):
            assembler.emit(.pushNull)
            type = .null
        case .word(.undefined):
            assembler.emit(.pushUndefined)
            type = .undefined
        default: throw unexpectedInsteadOfValue()
        }
        scanner.advance()
        let isProperty = type == .string && token.kind == .systemName || token.kind == .symbol(.openBrace)
        return ConditionOperand(type: type, range: token.range.lowerBound..<scanner.lastEnd, isProperty: isProperty && type == .string)
    }

    private mutating func close() throws(RouteError) {
        guard scanner.isAt(.closeParenthesis) else { throw unexpectedBehindValue("an operator or ) is expected") }
        scanner.advance()
    }

    /// The name is read, `(` is next.
    private mutating func call(_ name: Range<Int>) throws(RouteError) -> ConditionOperand {
        guard let function = ConditionFunction.named(scanner.text(name)) else { throw unknownFunction(name) }
        try enter()
        scanner.advance()
        var count = 0
        var last = ConditionType.undefined
        while !(scanner.isAt(.closeParenthesis) && count == 0) {
            let argument = try expression(.coalesce)
            guard count < function.shape.count.upperBound else { throw wrongCount(function, at: argument.range.lowerBound) }
            guard function.shape.accepts(argument.type, at: count) else { throw wrongArgument(argument, count, function) }
            count += 1
            last = argument.type
            guard scanner.isAt(.comma) else { break }
            scanner.advance()
        }
        depth -= 1
        guard scanner.isAt(.closeParenthesis) else { throw unexpectedBehindValue("an operator, a comma or ) is expected") }
        guard function.shape.count.contains(count) else { throw wrongCount(function, at: name.lowerBound) }
        scanner.advance()
        switch function.operation {
        case .concat: assembler.emit(.concat, count)
        case .substring: assembler.emit(count == 3 ? .substringOfLength : .substring)
        case .isBool where last != .bool && last != .query: assembler.emit(.never)
        case .isNull where last == .query: assembler.emit(.isNullOfBody)
        default: assembler.emit(function.operation)
        }
        return ConditionOperand(type: function.result, range: name.lowerBound..<scanner.lastEnd)
    }
}
