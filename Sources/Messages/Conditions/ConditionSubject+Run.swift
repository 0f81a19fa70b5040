import JSON
import ModuleIdentities

// The machine that evaluates conditions.
extension ConditionSubject {
    /// Whether the result is true.
    func run(_ program: ConditionProgram) -> Bool {
        work = ConditionLimits.work
        memory.reset()
        let isTrue = program.instructions.withUnsafeBufferPointer { instructions in
            program.pool.withUnsafeBufferPointer { pool in
                program.texts.withUnsafeBufferPointer { texts in
                    run(program, instructions) { UTF16Text.Bytes(rebasing: pool[texts[$0]]) }
                }
            }
        }
        // What was cut short for want of memory or time has no result.
        return isTrue && work >= 0
    }

    @inline(__always)
    private func run(
        _ program: ConditionProgram, _ instructions: UnsafeBufferPointer<ConditionInstruction>, _ text: (Int) -> UTF16Text.Bytes
    ) -> Bool {
        // The top of the stack is at `height - 1`. The parser has seen to it that each step finds what it takes, and has room.
        var height = 0
        var place = 0
        while place < instructions.count {
            let step = instructions[place]
            place += 1
            let first = Int(step.first)
            switch step.operation {
            case .pass: continue
            case .pushTrue: push(ConditionValue(true), &height)
            case .pushFalse: push(ConditionValue(false), &height)
            case .pushNull: push(.null, &height)
            case .pushUndefined: push(.undefined, &height)
            case .pushNumber: push(ConditionValue(program.numbers[first]), &height)
            case .pushText: push(self.text(text(first)), &height)
            case .property: push(value(property(program.strings[first], text(first))), &height)
            case .systemProperty: push(value(systemProperty(program.strings[first], text(first))), &height)
            case .deviceID, .moduleID, .outputName, .enqueuedTime, .origin: push(value(known(step.operation)), &height)
            case .body: push(value(of: program.steps[program.paths[first]], text), &height)
            case .propertyOr:
                if let own = property(program.strings[first], text(first)) {
                    push(value(own), &height)
                    place = Int(step.second)
                }
            case .propertyEqual, .propertyNotEqual:
                let value = property(program.strings[first], text(first))
                push(compare(value, with: program.strings[Int(step.second)], isNot: step.operation == .propertyNotEqual), &height)
            case .jumpIfFalse: if stack[height - 1].isFalse { place = first }
            case .jumpIfTrue: if stack[height - 1].isTrue { place = first }
            case .jumpIfDefined: if stack[height - 1].kind != .undefined { place = first } else { height -= 1 }
            case .negate, .not, .boolOfBody, .abs, .exp, .square, .ceiling, .floor, .sign, .sqrt, .asNumber, .isBool, .never, .isDefined,
                .isNull, .isNullOfBody,
                .isNumber, .isString, .length:
                stack[height - 1] = unary(step.operation, stack[height - 1])
                if height == 1 { memory.rewind() }
            case .and, .or, .add, .subtract, .multiply, .divide, .remainder, .less, .lessOrEqual, .greater, .greaterOrEqual, .equal,
                .notEqual,
                .power, .indexOf, .startsWith, .endsWith, .contains:
                height -= 1
                stack[height - 1] = binary(step.operation, stack[height - 1], stack[height])
                if height == 1 { memory.rewind() }
            case .lower, .upper: stack[height - 1] = changedCase(of: stack[height - 1], toUpper: step.operation == .upper)
            case .substring:
                height -= 1
                stack[height - 1] = substring(stack[height - 1], stack[height], nil)
            case .substringOfLength:
                height -= 2
                stack[height - 1] = substring(stack[height - 1], stack[height], stack[height + 1])
            case .concat:
                height -= first - 1
                stack[height - 1] = concat(UnsafeBufferPointer(start: stack + height - 1, count: first))
            }
        }
        return stack[0].isTrue
    }

    @inline(__always)
    private func push(_ value: ConditionValue, _ height: inout Int) {
        stack[height] = value
        height += 1
    }

    /// What the hub itself knows.
    private func known(_ operation: ConditionInstruction.Operation) -> Text? {
        guard let message else { return nil }
        switch operation {
        case .deviceID: return ClientName.downstreamDevice(message.module) ?? deviceID
        case .moduleID: return message.module.isEmpty || ClientName.isDownstream(message.module) ? nil : message.module
        case .outputName: return message.output.isEmpty ? nil : message.output
        case .enqueuedTime: return Text(iso8601Ms: enqueuedMs)
        default: return ClientName.isDownstream(message.module) ? "downstream" : "internal"
        }
    }

    /// Without a copy.
    @inline(__always)
    private func compare(_ property: Text?, with literal: Text, isNot: Bool) -> ConditionValue {
        guard let property, spend(literal.utf8.count) else { return .undefined }
        return ConditionValue((property == literal) != isNot)
    }

    private func unary(_ operation: ConditionInstruction.Operation, _ value: ConditionValue) -> ConditionValue {
        switch operation {
        case .not: return value.kind == .null ? ConditionValue(true) : value.kind == .bool ? ConditionValue(value.isFalse) : .undefined
        case .boolOfBody: return value.kind == .bool ? value : .undefined
        case .isBool: return value.kind == .undefined ? value : ConditionValue(value.kind == .bool)
        case .isNullOfBody: return value.kind == .undefined ? value : ConditionValue(value.kind == .null)
        case .never: return ConditionValue(false)
        case .isDefined: return ConditionValue(value.kind != .undefined)
        case .isNull: return ConditionValue(value.kind == .null)
        case .isNumber: return ConditionValue(value.kind == .number && value.number.isFinite)
        case .isString: return ConditionValue(value.kind == .text)
        case .length: return value.kind == .text ? ConditionValue(Double(UTF16Text.count(value.text))) : .undefined
        case .asNumber:
            if value.kind == .text { return NumberText.parse(value.text).map { ConditionValue($0) } ?? .undefined }
            return value.kind == .number ? value : .undefined
        default: return value.kind == .number ? ConditionValue(ConditionMaths.unary(operation, value.number)) : .undefined
        }
    }

    private func binary(_ operation: ConditionInstruction.Operation, _ left: ConditionValue, _ right: ConditionValue) -> ConditionValue {
        switch operation {
        case .and:
            if left.kind == .null || right.kind == .null { return .null }
            if left.isFalse || right.isFalse { return ConditionValue(false) }
            return left.isTrue && right.isTrue ? ConditionValue(true) : .undefined
        case .or:
            if left.kind == .null { return right }
            if right.kind == .null { return left }
            if left.isTrue || right.isTrue { return ConditionValue(true) }
            return left.isFalse && right.isFalse ? ConditionValue(false) : .undefined
        case .equal, .notEqual:
            return ConditionValue.areEqual(left, right).map { ConditionValue($0 == (operation == .equal)) } ?? .undefined
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = ConditionValue.order(left, right) else { return .undefined }
            switch operation {
            case .less: return ConditionValue(order < 0)
            case .lessOrEqual: return ConditionValue(order <= 0)
            case .greater: return ConditionValue(order > 0)
            default: return ConditionValue(order >= 0)
            }
        case .indexOf, .startsWith, .endsWith, .contains:
            guard left.kind == .text, right.kind == .text else { return .undefined }
            return search(operation, left.text, right.text)
        default:
            guard left.kind == .number, right.kind == .number else { return .undefined }
            return ConditionValue(ConditionMaths.binary(operation, left.number, right.number))
        }
    }
}
