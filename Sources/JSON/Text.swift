import CPOSIX

/// A string that compares by its UTF-8 code units, as IoT Hub compares ids, keys and values.
///
/// `String` compares by canonical equivalence: "é" as one scalar equals "e" with a combining accent. To the cloud these are two
/// keys. `Text` also spares Embedded builds the Unicode tables.
///
/// What is used in hundreds of places is never inlined: in an Embedded build each inlined walk over a string, with its slow paths,
/// costs hundreds of bytes.
public struct Text: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let string: String

    public init(_ string: String) {
        self.string = string
    }

    /// The text of some UTF-8 bytes; what is not UTF-8 is replaced by U+FFFD.
    @inline(never)
    public init(utf8 bytes: some Collection<UInt8>) {
        self.string = String(decoding: bytes, as: UTF8.self)
    }

    public init(stringLiteral value: String) {
        self.string = value
    }

    public var utf8: String.UTF8View { string.utf8 }

    /// A copy of the code units.
    public var bytes: [UInt8] {
        @inline(never) get { Array(string.utf8) }
    }

    public var isEmpty: Bool { string.utf8.isEmpty }

    public var description: String { string }
}

extension Text: Hashable {
    @inline(never)
    public static func == (left: Text, right: Text) -> Bool {
        // One and the same string, or short ones of the same bytes: most of those that are equal.
        if left.string._isIdentical(to: right.string) { return true }
        guard left.utf8.count == right.utf8.count else { return false }
        return left.compare(right) == 0
    }

    @inline(never)
    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Text: Comparable {
    /// By code units, as `memcmp`; of two texts of which one begins with the other, the shorter is first.
    public static func < (left: Text, right: Text) -> Bool {
        left.compare(right) < 0
    }

    @inline(never)
    private func compare(_ other: Text) -> Int {
        withBytes { left in
            other.withBytes { right in
                let common = min(left.count, right.count)
                if common > 0, let a = left.baseAddress, let b = right.baseAddress {
                    let order = memcmp(a, b, common)
                    if order != 0 { return Int(order) }
                }
                return left.count - right.count
            }
        }
    }
}

extension Text {
    /// Whether it begins with the same code units.
    @inline(never)
    public func hasPrefix(_ prefix: Text) -> Bool {
        string.utf8.starts(with: prefix.string.utf8)
    }

    /// The UTF-8 bytes in place, without NUL, valid until `body` returns.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = string.utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        return Array(string.utf8).withUnsafeBytes { body($0) }
    }
}
