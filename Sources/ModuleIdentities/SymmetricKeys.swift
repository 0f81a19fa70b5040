public import JSON

/// The two keys of an identity. A token that either has signed is good, so that they can be changed one after the other.
///
/// The bytes are secrets: they are in no description.
public struct SymmetricKeys: Sendable, Equatable {
    /// How many bytes a key may have that somebody chooses. (IoT Hub)
    public static var lengths: ClosedRange<Int> { 16...64 }

    public let primary: [UInt8]
    public let secondary: [UInt8]

    /// - Parameters: of at least one byte each; anybody can sign with an empty key.
    public init(primary: [UInt8], secondary: [UInt8]) {
        precondition(!primary.isEmpty && !secondary.isEmpty, "a key has at least one byte")
        self.primary = primary
        self.secondary = secondary
    }

    /// As it stands in connection strings, in base64.
    public var primaryText: Text { Base64.encode(primary) }
    /// As it stands in connection strings, in base64.
    public var secondaryText: Text { Base64.encode(secondary) }
}

extension SymmetricKeys: CustomStringConvertible {
    /// Says nothing of the keys.
    public var description: String { "two symmetric keys" }
}
