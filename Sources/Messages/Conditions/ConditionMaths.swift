import CPOSIX

/// Arithmetic of conditions, as IEEE 754 has it: division by zero is infinite, what is not a number is undefined to the language.
enum ConditionMaths {
    static func unary(_ operation: ConditionInstruction.Operation, _ value: Double) -> Double {
        switch operation {
        case .negate: -value
        case .abs: value.magnitude
        case .exp: martlet_exp(value)
        case .square: value * value
        case .ceiling: value.rounded(.up)
        case .floor: value.rounded(.down)
        case .sign: value > 0 ? 1 : value < 0 ? -1 : 0
        case .sqrt: value < 0 ? .nan : value.squareRoot()
        default: .nan
        }
    }

    static func binary(_ operation: ConditionInstruction.Operation, _ left: Double, _ right: Double) -> Double {
        switch operation {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .remainder: martlet_remainder(left, right)
        case .power: martlet_power(left, right)
        default: .nan
        }
    }
}
