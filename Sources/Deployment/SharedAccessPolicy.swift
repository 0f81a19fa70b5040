public import JSON

/// Whose tokens open the service API over HTTPS: the host's own policy, as IoT Hub's `iothubowner`.
///
/// The key is a secret: it is in no description.
public struct SharedAccessPolicy: Sendable, Equatable {
    /// The name where the manifest does not say: IoT Hub's policy that may do everything.
    public static let standardName: Text = "iothubowner"
    /// Bytes of a name. (IoT Hub)
    public static let longestName = 64

    /// Tokens say it as `skn`.
    public var name: Text
    /// The bytes, 16 to 64.
    public var key: [UInt8]

    public init(name: Text = SharedAccessPolicy.standardName, key: [UInt8]) {
        self.name = name
        self.key = key
    }
}

extension SharedAccessPolicy: CustomStringConvertible {
    /// Says nothing of the key.
    public var description: String { "the policy \(name)" }
}
