/// A condition as a tree.
public indirect enum ExpressionModel {
    public enum Literal {
        case null, undefined
        case bool(Bool)
        case number(Double)
        case string([UInt16])
    }

    /// A step of a path into the body.
    public enum Step {
        case name([UInt16])
        case index(Int)
    }

    public enum Binary: Sendable {
        case multiply, divide, modulo, add, subtract, concat, less, lessOrEqual, greater, greaterOrEqual, equal, unequal, and, or, coalesce
    }

    case literal(Literal)
    /// Of the sender, by name.
    case property([UInt16])
    /// `$name`: first a property of that name, unless it is in braces; then the system property.
    case system([UInt16], isEscaped: Bool)
    case body([Step])
    case negate(ExpressionModel)
    case not(ExpressionModel)
    case binary(Binary, ExpressionModel, ExpressionModel)
    case call(FunctionModel, [ExpressionModel])
}

/// What is known of a value before there is a message.
enum TypeModel {
    case bool, number, string, null, undefined, query
}

extension ExpressionModel {
    /// nil: what stands where does not fit.
    var type: TypeModel? {
        switch self {
        case .literal(.null): .null
        case .literal(.undefined): .undefined
        case .literal(.bool): .bool
        case .literal(.number): .number
        case .literal(.string): .string
        case .property, .system: .string
        case .body: .query
        case .negate(let operand): operand.type == .number ? .number : operand.type == .query ? .query : nil
        case .not(let operand):
            [.bool, .null, .query].contains(operand.type) ? .bool : nil
        case .binary(let operation, let left, let right): Self.type(operation, left.type, right.type)
        case .call(let function, let arguments): function.type(arguments.map(\.type))
        }
    }

    private static func type(_ operation: Binary, _ left: TypeModel?, _ right: TypeModel?) -> TypeModel? {
        guard let left, let right else { return nil }
        let types = [left, right]
        let isQuery = types.contains(.query)
        switch operation {
        case .multiply, .divide, .modulo, .add, .subtract:
            return types.allSatisfy { $0 == .number || $0 == .query } ? isQuery ? .query : .number : nil
        case .concat: return types.allSatisfy { $0 == .string || $0 == .query } ? .string : nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .unequal:
            return left == right || isQuery && !types.contains(.undefined) ? .bool : nil
        case .coalesce: return left == right ? left : isQuery && !types.contains(.undefined) ? .query : nil
        case .and:
            guard types.allSatisfy({ [.bool, .null, .undefined, .query].contains($0) }) else { return nil }
            return types.contains(.null) ? .null : .bool
        case .or:
            guard types.allSatisfy({ [.bool, .null, .undefined, .query].contains($0) }) else { return nil }
            return left == .null && right == .null ? .null : .bool
        }
    }
}
