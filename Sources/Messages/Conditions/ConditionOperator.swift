/// An operator between two values.
struct ConditionOperator {
    /// The loosest first.
    enum Binding: Int { case coalesce, or, and, equality, order, sum, product }

    let binding: Binding
    /// What it does.
    let operation: ConditionInstruction.Operation

    /// nil: the token is no such operator.
    init?(_ kind: RouteToken.Kind) {
        switch kind {
        case .symbol(.coalesce): (binding, operation) = (.coalesce, .jumpIfDefined)
        case .word(.or): (binding, operation) = (.or, .or)
        case .word(.and): (binding, operation) = (.and, .and)
        case .symbol(.equal): (binding, operation) = (.equality, .equal)
        case .symbol(.notEqual): (binding, operation) = (.equality, .notEqual)
        case .symbol(.less): (binding, operation) = (.order, .less)
        case .symbol(.lessOrEqual): (binding, operation) = (.order, .lessOrEqual)
        case .symbol(.greater): (binding, operation) = (.order, .greater)
        case .symbol(.greaterOrEqual): (binding, operation) = (.order, .greaterOrEqual)
        case .symbol(.plus): (binding, operation) = (.sum, .add)
        case .symbol(.minus): (binding, operation) = (.sum, .subtract)
        case .symbol(.join): (binding, operation) = (.sum, .concat)
        case .symbol(.star): (binding, operation) = (.product, .multiply)
        case .symbol(.slash): (binding, operation) = (.product, .divide)
        case .symbol(.percent): (binding, operation) = (.product, .remainder)
        default: return nil
        }
    }
}
