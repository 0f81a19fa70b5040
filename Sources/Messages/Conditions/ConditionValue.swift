/// A value while a condition is evaluated.
struct ConditionValue {
    /// In IoT Edge's order, which counts where values of the body of different kinds are compared.
    enum Kind: UInt8 { case undefined, bool, number, text, null }

    var kind: Kind
    /// The number; of a bool 1 or 0.
    var number: Double = 0
    /// UTF-8, of a text; in the message, the condition or the subject's memory.
    var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    static var undefined: ConditionValue { ConditionValue(kind: .undefined) }
    static var null: ConditionValue { ConditionValue(kind: .null) }

    init(kind: Kind) { self.kind = kind }

    init(_ bool: Bool) {
        kind = .bool
        number = bool ? 1 : 0
    }

    /// NaN is undefined.
    init(_ number: Double) {
        kind = number.isNaN ? .undefined : .number
        self.number = number
    }

    init(_ text: UnsafeBufferPointer<UInt8>) {
        kind = .text
        self.text = text
    }

    var isTrue: Bool { kind == .bool && number != 0 }
    var isFalse: Bool { kind == .bool && number == 0 }
}

extension ConditionValue {
    /// Below 0: the left one comes first; 0: they are equal; nil: one of them is undefined.
    static func order(_ left: ConditionValue, _ right: ConditionValue) -> Int? {
        if left.kind == .undefined || right.kind == .undefined { return nil }
        if left.kind != right.kind { return Int(left.kind.rawValue) - Int(right.kind.rawValue) }
        switch left.kind {
        case .text: return UTF16Text.order(left.text, right.text)
        case .null, .undefined: return 0
        case .bool, .number: return left.number < right.number ? -1 : left.number > right.number ? 1 : 0
        }
    }

    /// As `order`, where only equality counts.
    static func areEqual(_ left: ConditionValue, _ right: ConditionValue) -> Bool? {
        if left.kind == .text, right.kind == .text { return UTF16Text.areEqual(left.text, right.text) }
        return order(left, right).map { $0 == 0 }
    }
}
