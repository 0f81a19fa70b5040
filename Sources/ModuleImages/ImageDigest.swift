import JSON
import TLS

/// The SHA-256 of an image file: its name in the store.
public struct ImageDigest: Hashable, Sendable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// - Precondition: 32 bytes.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "a SHA-256 has 32 bytes")
        self.bytes = bytes
    }

    /// 64 hexadecimal digits, lower case.
    public var hex: String {
        String(decoding: bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// `sha256:` and the digits, as in `settings.digest`.
    @inline(never)
    public var text: Text { Text("sha256:" + hex) }

    /// Reads `sha256:` and 64 hexadecimal digits, lower case, as `text` writes it; nil: it is none.
    public init?(text: Text) {
        guard text.hasPrefix("sha256:") else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8.dropFirst(7) {
            guard let digit = Self.digits.firstIndex(of: character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        guard bytes.count == 32, high == nil else { return nil }
        self.bytes = bytes
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
