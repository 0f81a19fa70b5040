/// `[SELECT *] FROM source [WHERE condition] INTO sink`; every function nil: that is not here.
struct ParserModel {
    private var rest: ArraySlice<TokenModel>

    init(_ tokens: [TokenModel]) { rest = tokens[...] }

    private var kind: TokenModel.Kind? { rest.first?.kind }

    private mutating func take(_ kind: TokenModel.Kind) -> TokenModel? { self.kind == kind ? rest.removeFirst() : nil }

    mutating func route() -> RouteModel? {
        if take(.select) != nil, take(.times) == nil { return nil }
        guard take(.from) != nil, let source = source() else { return nil }
        var condition: ExpressionModel?
        if take(.where) != nil {
            guard let read = expression(0), read.type != nil else { return nil }
            condition = read
        }
        guard take(.into) != nil, let sink = sink(), rest.isEmpty else { return nil }
        return RouteModel(source: source, sink: sink, condition: condition)
    }

    private mutating func source() -> String? {
        var units: [UInt16] = []
        while take(.slash) != nil {
            guard let item = take(.times) ?? take(.name) else { return nil }
            units += [0x2F] + item.text
        }
        return units.isEmpty ? nil : String(decoding: units, as: UTF16.self)
    }

    private mutating func sink() -> RouteModel.Sink? {
        if let name = take(.systemName) { return name.text.lowercased == "$upstream" ? .upstream : nil }
        guard let name = take(.name), name.text.lowercased == "brokeredendpoint", take(.openParenthesis) != nil,
            let path = take(.string)?.unescaped, take(.closeParenthesis) != nil
        else { return nil }
        var text = path[...]
        func isSpace(_ unit: UInt16) -> Bool { unit == 0x20 || (0x09...0x0D).contains(unit) }
        text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        if text.first == 0x2F { text.removeFirst() }
        if text.last == 0x2F { text.removeLast() }
        let parts = text.split(separator: 0x2F, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF16.self) }
        guard parts.count == 4, !parts[1].isEmpty, !parts[3].isEmpty else { return nil }
        return .module(parts[1], input: parts[3])
    }

    /// From the loosest to the tightest.
    private static let levels: [[TokenModel.Kind: ExpressionModel.Binary]] = [
        [.coalesce: .coalesce], [.or: .or], [.and: .and], [.equal: .equal, .unequal: .unequal, .different: .unequal],
        [.less: .less, .lessOrEqual: .lessOrEqual, .greater: .greater, .greaterOrEqual: .greaterOrEqual],
        [.plus: .add, .minus: .subtract, .concat: .concat], [.times: .multiply, .slash: .divide, .percent: .modulo],
    ]

    private mutating func expression(_ level: Int) -> ExpressionModel? {
        guard level < Self.levels.count else { return unary() }
        guard var left = expression(level + 1) else { return nil }
        while let kind, let operation = Self.levels[level][kind] {
            rest.removeFirst()
            guard let right = expression(level + 1) else { return nil }
            left = .binary(operation, left, right)
        }
        return left
    }

    private mutating func unary() -> ExpressionModel? {
        if take(.minus) != nil { return unary().map { .negate($0) } }
        if take(.not) != nil { return unary().map { .not($0) } }
        return primary()
    }

    private mutating func primary() -> ExpressionModel? {
        guard let token = rest.popFirst() else { return nil }
        switch token.kind {
        case .openParenthesis:
            guard let inner = expression(0), take(.closeParenthesis) != nil else { return nil }
            return inner
        case .true: return .literal(.bool(true))
        case .false: return .literal(.bool(false))
        case .null: return .literal(.null)
        case .undefined: return .literal(.undefined)
        case .string: return token.unescaped.map { .literal(.string($0)) }
        case .integer, .real: return Double(String(decoding: token.text, as: UTF16.self)).map { .literal(.number($0)) }
        case .hex:
            let digits = String(decoding: token.text.dropFirst(2), as: UTF16.self)
            return Int64(digits, radix: 16).map { .literal(.number(Double($0))) }
        case .systemName: return systemName(token.text, isEscaped: false)
        case .openBrace:
            guard let name = take(.systemName), take(.closeBrace) != nil else { return nil }
            return systemName(name.text, isEscaped: true)
        case .name: return kind == .openParenthesis ? call(token) : .property(token.text)
        default: return nil
        }
    }

    private mutating func call(_ name: TokenModel) -> ExpressionModel? {
        guard let function = FunctionModel(rawValue: name.text.lowercased), take(.openParenthesis) != nil else { return nil }
        var arguments: [ExpressionModel] = []
        if take(.closeParenthesis) != nil { return .call(function, arguments) }
        repeat {
            guard let argument = expression(0) else { return nil }
            arguments.append(argument)
        } while take(.comma) != nil
        return take(.closeParenthesis) != nil ? .call(function, arguments) : nil
    }

    private func systemName(_ text: [UInt16], isEscaped: Bool) -> ExpressionModel? {
        guard text.prefix(6).lowercased == "$body." else {
            return text.contains(0x5B) || text.contains(0x5D) ? nil : .system(text, isEscaped: isEscaped)
        }
        var steps: [ExpressionModel.Step] = []
        for part in text.dropFirst(6).split(separator: 0x2E, omittingEmptySubsequences: false) {
            let name = part.prefix { $0 != 0x5B }
            guard !name.isEmpty, !name.contains(0x5D), Array(name) != [0x2A], !name.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            steps.append(.name(Array(name)))
            var indexes = part.dropFirst(name.count)
            while indexes.first == 0x5B {
                let digits = indexes.dropFirst().prefix { (0x30...0x39).contains($0) }
                guard !digits.isEmpty, indexes.dropFirst(1 + digits.count).first == 0x5D else { return nil }
                steps.append(.index(Int(String(decoding: digits, as: UTF16.self)) ?? Int.max))
                indexes = indexes.dropFirst(digits.count + 2)
            }
            guard indexes.isEmpty else { return nil }
        }
        return .body(steps)
    }
}

extension Sequence<UInt16> {
    /// As text, capitals of ASCII as small letters.
    fileprivate var lowercased: String {
        String(decoding: map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF16.self)
    }
}
