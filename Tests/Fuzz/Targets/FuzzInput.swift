/// Values made of an input's bytes, in order; behind the end all are zero.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Below `limit`.
    mutating func number(below limit: Int) -> Int {
        var value: UInt64 = 0
        for _ in 0..<4 { value = value << 8 | UInt64(byte()) }
        return Int(value % UInt64(limit))
    }

    /// 1 to `limit` bytes, each one of a set.
    mutating func bytes(of set: [UInt8], limit: Int) -> [UInt8] {
        (0...number(below: limit)).map { _ in set[Int(byte()) % set.count] }
    }
}
