/// What an expression is for a message.
enum ValueModel: Equatable {
    case undefined, null
    case bool(Bool)
    case number(Double)
    case string([UInt16])

    /// What is not a number is undefined.
    static func of(_ number: Double) -> ValueModel { number.isNaN ? .undefined : .number(number) }

    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var string: [UInt16]? { if case .string(let string) = self { string } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

    /// -1, 0 or 1; of different kinds: bool before number before string before null. nil: one is undefined.
    func order(_ other: ValueModel) -> Int? {
        func sign(_ isLess: Bool, _ isEqual: Bool) -> Int { isLess ? -1 : isEqual ? 0 : 1 }
        switch (self, other) {
        case (.undefined, _), (_, .undefined): return nil
        case (.null, .null): return 0
        case (.bool(let left), .bool(let right)): return sign(!left && right, left == right)
        case (.number(let left), .number(let right)): return sign(left < right, left == right)
        case (.string(let left), .string(let right)): return sign(left.lexicographicallyPrecedes(right), left == right)
        default: return sign(rank < other.rank, rank == other.rank)
        }
    }

    private var rank: Int {
        switch self {
        case .undefined: 0
        case .bool: 1
        case .number: 2
        case .string: 3
        case .null: 4
        }
    }
}
