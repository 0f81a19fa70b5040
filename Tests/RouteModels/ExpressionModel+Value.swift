extension ExpressionModel {
    /// Walks the tree; both sides of everything.
    func value(_ message: MessageModel) -> ValueModel {
        switch self {
        case .literal(.null): .null
        case .literal(.undefined): .undefined
        case .literal(.bool(let bool)): .bool(bool)
        case .literal(.number(let number)): .of(number)
        case .literal(.string(let string)): .string(string)
        case .property(let name): MessageModel.value(name, message.properties)
        case .system(let name, let isEscaped): Self.system(name, isEscaped, message)
        case .body(let path): message.value(path)
        case .negate(let operand): operand.value(message).number.map { .of(-$0) } ?? .undefined
        case .not(let operand):
            switch operand.truth(message) {
            case .null: .bool(true)
            case .bool(let bool): .bool(!bool)
            default: .undefined
            }
        case .binary(let operation, let left, let right): Self.value(operation, left, right, message)
        case .call(let function, let arguments): function.value(arguments.map { $0.value(message) }, type: arguments.first?.type)
        }
    }

    /// As a side of AND, OR or NOT: a value of the body that is no bool is undefined.
    private func truth(_ message: MessageModel) -> ValueModel {
        let value = value(message)
        if case .bool = value { return value }
        return value == .null && type == .null ? .null : .undefined
    }

    private static func system(_ name: [UInt16], _ isEscaped: Bool, _ message: MessageModel) -> ValueModel {
        if !isEscaped {
            let value = MessageModel.value(name, message.properties)
            if value != .undefined { return value }
        }
        return MessageModel.value(Array(name.dropFirst()), message.systemProperties)
    }

    private static func value(
        _ operation: Binary, _ left: ExpressionModel, _ right: ExpressionModel, _ message: MessageModel
    ) -> ValueModel {
        func arithmetic(_ result: (Double, Double) -> Double) -> ValueModel {
            guard let a = left.value(message).number, let b = right.value(message).number else { return .undefined }
            return .of(result(a, b))
        }
        func compare(_ result: (Int) -> Bool) -> ValueModel {
            left.value(message).order(right.value(message)).map { .bool(result($0)) } ?? .undefined
        }
        switch operation {
        case .multiply: return arithmetic(*)
        case .divide: return arithmetic(/)
        case .modulo: return arithmetic { $0.truncatingRemainder(dividingBy: $1) }
        case .add: return arithmetic(+)
        case .subtract: return arithmetic(-)
        case .concat: return FunctionModel.concat.value([left.value(message), right.value(message)])
        case .less: return compare { $0 < 0 }
        case .lessOrEqual: return compare { $0 <= 0 }
        case .greater: return compare { $0 > 0 }
        case .greaterOrEqual: return compare { $0 >= 0 }
        case .equal: return compare { $0 == 0 }
        case .unequal: return compare { $0 != 0 }
        case .coalesce: return left.value(message) == .undefined ? right.value(message) : left.value(message)
        case .and:
            switch (left.truth(message), right.truth(message)) {
            case (.null, _), (_, .null): return .null
            case (.bool(false), _), (_, .bool(false)): return .bool(false)
            case (.bool(true), .bool(true)): return .bool(true)
            default: return .undefined
            }
        case .or:
            switch (left.truth(message), right.truth(message)) {
            case (.null, let other), (let other, .null): return other
            case (.bool(true), _), (_, .bool(true)): return .bool(true)
            case (.bool(false), .bool(false)): return .bool(false)
            default: return .undefined
            }
        }
    }
}
