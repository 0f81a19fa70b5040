import JSON

/// Small random documents whose keys often meet, the same ones for the same seed.
struct RandomJSON {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    private mutating func number(below limit: UInt64) -> UInt64 {
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
}
