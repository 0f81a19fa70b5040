public import JSON

/// What an operator says of an identity that is to be made or changed. What is nil stays as it is; of a new one it is the default.
public struct IdentityChange: Sendable, Equatable {
    /// How the identity proves who it is.
    public enum Authentication: Sendable, Equatable {
        /// Not at all.
        case none
        /// With keys that the host derives from the device's.
        case derivedKeys
        /// With these keys, 16 to 64 bytes each. (IoT Hub)
        case keys(primary: [UInt8], secondary: [UInt8])
    }

    /// The default is empty.
    public var managedBy: Text?
    /// The default is `.derivedKeys`.
    public var authentication: Authentication?

    /// A change of what is not nil.
    public init(managedBy: Text? = nil, authentication: Authentication? = nil) {
        self.managedBy = managedBy
        self.authentication = authentication
    }
}
