import JSON

/// Small random documents whose keys often meet, the same ones for the same seed.
struct RandomJSON {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func number(below limit: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state % limit
    }

    mutating func object(depth: Int, nulls: Bool) -> JSONObject {
        var object = JSONObject()
        for key in ["a", "b", "c", "d"] as [Text] where number(below: 2) == 0 {
            object[key] = value(depth: depth, nulls: nulls)
        }
        return object
    }

    private mutating func value(depth: Int, nulls: Bool) -> JSON {
        switch number(below: depth > 0 ? 8 : 4) {
        case 0: .integer(Int64(number(below: 3)))
        case 1: .bool(number(below: 2) == 0)
        case 2: nulls ? .null : "text"
        case 3: .array([.integer(Int64(number(below: 2)))])
        default: .object(object(depth: depth - 1, nulls: nulls))
        }
    }

    /// Values of all sorts, some of them long.
    mutating func anything(depth: Int) -> JSONObject {
        JSONObject(
            (0..<number(below: 6)).map { (["", "é", "k\u{0}", "long key "][Int(number(below: 4))] + "\($0)", anyValue(depth: depth)) })
    }

    private mutating func anyValue(depth: Int) -> JSON {
        switch number(below: depth > 0 ? 8 : 6) {
        case 0: .null
        case 1: .bool(number(below: 2) == 0)
        case 2: .integer([0, -1, 63, 64, -64, -65, .max, .min, Int64(bitPattern: state)][Int(number(below: 9))])
        case 3: .number([0.5, -0.0, 1e308, 5e-300, 3][Int(number(below: 5))])
        case 4: .string(Text(String(repeating: "ü\u{0}x", count: [0, 1, 31, 32, 43, 5000][Int(number(below: 6))])))
        case 5: .string("text")
        case 6: .array((0..<number(below: 4)).map { _ in anyValue(depth: depth - 1) })
        default: .object(anything(depth: depth - 1))
        }
    }
}

extension Text {
    fileprivate static func + (left: Text, right: String) -> Text { Text(left.string + right) }
}
