import JSON

// The static types of operators.
extension ConditionParser {
    /// Before the right side is read: checks what alone depends on the left one, and leaves the place of a jump over the right side.
    mutating func prepare(_ sign: ConditionOperator, _ left: ConditionOperand, _ place: Range<Int>) throws(RouteError) -> Int? {
        switch sign.binding {
        case .coalesce: return assembler.emit(.jumpIfDefined)
        case .and, .or:
            try checkBool(left, place)
            return assembler.emit(sign.binding == .and ? .jumpIfFalse : .jumpIfTrue)
        default: return nil
        }
    }

    mutating func combine(
        _ left: ConditionOperand, _ sign: ConditionOperator, _ right: ConditionOperand, at place: Range<Int>, _ jump: Int?
    ) throws(RouteError) -> ConditionOperand {
        let range = left.range.lowerBound..<right.range.upperBound
        let isOfBody = left.type == .query || right.type == .query
        switch sign.binding {
        case .coalesce:
            guard left.type.pairs(with: right.type) else { throw mismatch(left, place, right) }
            if let jump { assembler.land(jump) }
            return ConditionOperand(type: isOfBody ? .query : right.type, range: range)
        case .and, .or:
            try checkBool(right, place)
            assembler.emit(sign.operation)
            let (leftIsNull, rightIsNull) = (left.type == .null, right.type == .null)
            if let jump {
                // Null with anything is null: both sides are needed.
                if leftIsNull || rightIsNull { assembler.cancel(jump) } else { assembler.land(jump) }
            }
            let isNull = sign.binding == .and ? leftIsNull || rightIsNull : leftIsNull && rightIsNull
            return ConditionOperand(type: isNull ? .null : .bool, range: range)
        case .equality, .order:
            guard left.type.pairs(with: right.type) else { throw mismatch(left, place, right) }
            if sign.binding == .equality {
                assembler.emitEquality(isNot: sign.operation == .notEqual)
            } else {
                assembler.emit(sign.operation)
            }
            return ConditionOperand(type: .bool, range: range)
        case .sum, .product:
            if sign.operation == .concat {
                for side in [left, right] where !side.type.isAccepted(as: .string) { throw notText(side) }
                assembler.emit(.concat, 2)
                return ConditionOperand(type: .string, range: range)
            }
            for side in [left, right] where !side.type.isAccepted(as: .number) { throw notNumber(side, of: scanner.text(place)) }
            assembler.emit(sign.operation)
            return ConditionOperand(type: isOfBody ? .query : .number, range: range)
        }
    }

    private mutating func checkBool(_ side: ConditionOperand, _ place: Range<Int>) throws(RouteError) {
        if side.type == .number || side.type == .string { throw notBool(side, of: scanner.text(place)) }
        if side.type == .query { assembler.emit(.boolOfBody) }
    }
}
