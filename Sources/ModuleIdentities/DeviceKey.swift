public import JSON
import TLS

/// The master key of a device, from which the keys of its identities are derived, as IoT Edge derives them.
///
/// A module's primary key is HMAC-SHA256(master, `{module}:{generation}:primary`), its secondary key the same with `:secondary`. So one
/// secret is kept, an identity that is made again has other keys, and tokens can be checked without the cloud.
///
/// The bytes are a secret: they are in no description.
public struct DeviceKey: Sendable, Equatable {
    private let secret: [UInt8]
    /// Whether the cloud gave it: then it is also the device's own primary key. Else the device's keys are derived too, and who sees
    /// them does not know those of the modules.
    public let isFromCloud: Bool

    /// - Parameters:
    ///   - secret: the bytes, not their base64; at least one.
    ///   - isFromCloud: it is the key of a device connection string.
    public init(secret: [UInt8], isFromCloud: Bool = false) {
        precondition(!secret.isEmpty, "a key has at least one byte")
        self.secret = secret
        self.isFromCloud = isFromCloud
    }

    /// The keys of an identity.
    /// - Parameters:
    ///   - module: nil: the device itself. Its secondary key is always derived: the one in the cloud is not known here.
    ///   - generation: in the texts it stands in decimal digits.
    public func keys(module: Text?, generation: UInt64) -> SymmetricKeys {
        // No module id is empty, so a derived key of the device is none of a module.
        let name: Text = "\(module ?? ""):\(generation)"
        let isOwn = module == nil && isFromCloud
        return SymmetricKeys(
            primary: isOwn ? secret : derived("\(name):primary"), secondary: derived("\(name):secondary"))
    }

    /// The key with which a module's data is encrypted: 32 bytes, of one generation.
    public func encryptionKey(module: Text, generation: UInt64) -> [UInt8] {
        derived("\(module):\(generation):encryption")
    }

    private func derived(_ text: Text) -> [UInt8] {
        HMACSHA256.code(of: text.bytes, key: secret)
    }
}

extension DeviceKey: CustomStringConvertible {
    /// Says nothing of the key.
    public var description: String { "a device key" }
}
