/// A string that compares by its UTF-8 code units, as IoT Hub compares ids, keys and values.
///
/// `String` compares by canonical equivalence: "é" as one scalar equals "e" with a combining accent. To the cloud these are two
/// keys. `Text` also spares Embedded builds the Unicode tables.
public struct Text: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, CustomStringConvertible {
    public let string: String

    public init(_ string: String) {
        self.string = string
    }

    /// The text of some UTF-8 bytes; what is not UTF-8 is replaced by U+FFFD.
    public init(utf8 bytes: some Collection<UInt8>) {
        self.string = String(decoding: bytes, as: UTF8.self)
    }

    public init(stringLiteral value: String) {
        self.string = value
    }

    public var utf8: String.UTF8View { string.utf8 }

    public var isEmpty: Bool { string.utf8.isEmpty }

    public var description: String { string }
}

extension Text: Hashable {
    public static func == (left: Text, right: Text) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in string.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Text: Comparable {
    public static func < (left: Text, right: Text) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }
}

extension Text {
    public func hasPrefix(_ prefix: Text) -> Bool {
        string.utf8.starts(with: prefix.string.utf8)
    }
}
