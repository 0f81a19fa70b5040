import JSON

/// Collects the steps and constants of a condition while it is read.
struct ConditionAssembler {
    private(set) var instructions: [ConditionInstruction] = []
    private var numbers: [Double] = []
    private var texts: [Range<Int>] = []
    private var strings: [Text] = []
    private var pool: [UInt8] = []
    private var steps: [ConditionProgram.Step] = []
    private var paths: [Range<Int>] = []
    /// Values on the stack.
    private var height = 0
    private(set) var greatestHeight = 0
    /// The last step to which something jumps.
    private var lastTarget = 0

    var program: ConditionProgram {
        ConditionProgram(
            instructions: instructions, numbers: numbers, texts: texts, strings: strings, pool: pool, steps: steps, paths: paths)
    }

    /// Appends a step. Returns its place, for `land`.
    @discardableResult
    mutating func emit(_ operation: ConditionInstruction.Operation, _ first: Int = 0, _ second: Int = 0) -> Int {
        height += ConditionAssembler.growth(operation, first)
        greatestHeight = max(greatestHeight, height)
        // A route has at most 16,384 bytes, and each constant and step at least one of them, most two.
        instructions.append(
            ConditionInstruction(
                operation: operation, first: UInt16(truncatingIfNeeded: first), second: UInt16(truncatingIfNeeded: second)))
        return instructions.count - 1
    }

    /// The jump at a place leads to the next step.
    mutating func land(_ place: Int) {
        lastTarget = instructions.count
        let target = UInt16(truncatingIfNeeded: instructions.count)
        if instructions[place].operation == .propertyOr { instructions[place].second = target } else { instructions[place].first = target }
    }

    /// The step at a place does nothing.
    mutating func cancel(_ place: Int) {
        instructions[place].operation = .pass
    }

    mutating func number(_ value: Double) {
        numbers.append(value)
        emit(.pushNumber, numbers.count - 1)
    }

    /// Its place among the texts.
    mutating func text(_ bytes: some Collection<UInt8>) -> Int {
        add(Array(bytes), Text(utf8: bytes))
    }

    /// The place of the name of a property among the texts.
    mutating func name(_ bytes: some Collection<UInt8>) -> Int {
        add(bytes.map(ASCII.lowercased), Text(utf8: bytes))
    }

    private mutating func add(_ bytes: [UInt8], _ string: Text) -> Int {
        let start = pool.count
        pool.append(contentsOf: bytes)
        texts.append(start..<pool.count)
        strings.append(string)
        return texts.count - 1
    }

    /// Starts a path into the body.
    mutating func openPath() {
        paths.append(steps.count..<steps.count)
    }

    /// Appends to the last path.
    mutating func step(_ step: ConditionProgram.Step) {
        steps.append(step)
        if let last = paths.last { paths[paths.count - 1] = last.lowerBound..<steps.count }
    }

    /// The last path's value.
    mutating func body() {
        emit(.body, paths.count - 1)
    }

    /// `property = 'literal'` is one step.
    mutating func emitEquality(isNot: Bool) {
        let count = instructions.count
        if count >= 2, lastTarget <= count - 2, instructions[count - 2].operation == .property,
            instructions[count - 1].operation == .pushText
        {
            let (name, literal) = (instructions[count - 2].first, instructions[count - 1].first)
            instructions.removeLast(2)
            height -= 2
            emit(isNot ? .propertyNotEqual : .propertyEqual, Int(name), Int(literal))
        } else {
            emit(isNot ? .notEqual : .equal)
        }
    }

    /// How many more values there are on the stack afterwards.
    private static func growth(_ operation: ConditionInstruction.Operation, _ first: Int) -> Int {
        switch operation {
        case .pushTrue, .pushFalse, .pushNull, .pushUndefined, .pushNumber, .pushText, .property, .systemProperty, .deviceID, .moduleID,
            .outputName, .enqueuedTime, .origin, .body, .propertyEqual, .propertyNotEqual:
            1
        case .pass, .propertyOr, .jumpIfFalse, .jumpIfTrue, .negate, .not, .boolOfBody, .abs, .exp, .square, .ceiling, .floor, .sign,
            .sqrt, .asNumber, .isBool, .never, .isDefined, .isNull, .isNullOfBody, .isNumber, .isString, .length, .lower, .upper:
            0
        case .jumpIfDefined, .and, .or, .add, .subtract, .multiply, .divide, .remainder, .less, .lessOrEqual, .greater, .greaterOrEqual,
            .equal, .notEqual, .power, .substring, .indexOf, .startsWith, .endsWith, .contains:
            -1
        case .substringOfLength: -2
        case .concat: 1 - first
        }
    }
}
