/// One step of a compiled condition. Values wait on a stack for what takes them.
struct ConditionInstruction {
    enum Operation: UInt8 {
        /// Nothing.
        case pass
        // Push a value.
        case pushTrue, pushFalse, pushNull, pushUndefined
        /// `first`: which of the numbers.
        case pushNumber
        /// `first`: which of the texts.
        case pushText
        /// `first`: its name among the texts, in small letters.
        case property
        /// `first`: its name among the texts, in small letters, without `$`.
        case systemProperty
        // System properties that the hub knows.
        case deviceID, moduleID, outputName, enqueuedTime, origin
        /// A value of the body. `first`: which of the paths.
        case body

        // A property is there already: pass over the system property or value of the body that has the same name.
        /// `first`: the name among the texts, in small letters; if a property has it, push it and go to `second`.
        case propertyOr

        // Jumps, to `first`. What they look at stays.
        case jumpIfFalse, jumpIfTrue
        /// If not, what was looked at goes.
        case jumpIfDefined

        // Of one value.
        case negate, not
        /// A value of the body becomes undefined if it is neither true nor false.
        case boolOfBody

        // Of two values.
        case and, or, add, subtract, multiply, divide, remainder
        case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
        /// A property and a literal, without the stack. `first`: its name among the texts; `second`: the literal among them.
        case propertyEqual, propertyNotEqual

        // Functions.
        case abs, exp, power, square, ceiling, floor, sign, sqrt
        case asNumber, isDefined, isNull, isNumber, isString
        /// Of what may be a truth value, or of a value of the body: undefined if it is.
        case isBool, isNullOfBody
        /// False, of whatever it is.
        case never
        /// `first`: of how many texts.
        case concat
        case length, lower, upper, substring, substringOfLength, indexOf, startsWith, endsWith, contains
    }

    var operation: Operation
    var first: UInt16 = 0
    var second: UInt16 = 0
}
