import JSON

/// A compiled condition: steps, and the constants that they name by their place. Immutable; routes share it.
final class ConditionProgram: Sendable {
    /// A member of an object, or an element of an array.
    enum Step {
        /// Its name among the texts.
        case member(Int)
        case element(Int)
    }

    let instructions: [ConditionInstruction]
    let numbers: [Double]
    /// Bytes in `pool`; of names of properties in small letters.
    let texts: [Range<Int>]
    /// The same texts; names as they are written.
    let strings: [Text]
    let pool: [UInt8]
    /// Of paths into the body, one behind the other.
    let steps: [Step]
    /// Which steps a path has.
    let paths: [Range<Int>]

    init(
        instructions: [ConditionInstruction], numbers: [Double], texts: [Range<Int>], strings: [Text], pool: [UInt8], steps: [Step],
        paths: [Range<Int>]
    ) {
        self.instructions = instructions
        self.numbers = numbers
        self.texts = texts
        self.strings = strings
        self.pool = pool
        self.steps = steps
        self.paths = paths
    }
}
