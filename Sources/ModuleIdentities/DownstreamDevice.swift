public import JSON

/// A device that may connect to this one, as its gateway, with a key of its own.
public struct DownstreamDevice: Sendable, Equatable {
    public let id: Text
    /// The bytes, not their base64; 16 to 64. A secret.
    public let key: [UInt8]

    /// - Parameter key: the bytes, not their base64.
    public init(id: Text, key: [UInt8]) {
        self.id = id
        self.key = key
    }
}

extension DownstreamDevice: CustomStringConvertible {
    /// Says nothing of the key.
    public var description: String { "the downstream device \(id)" }
}
