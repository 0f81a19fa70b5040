public import JSON

/// What is kept of one identity beside its twin.
public struct IdentityRecord: Sendable, Equatable {
    /// How whoever acts under the identity proves it. IoT Hub's names.
    public enum Authentication: Sendable, Equatable {
        /// Tokens signed with one of its keys.
        case sas
        /// It cannot: every token is refused.
        case none
    }

    /// Bytes of `managedBy`: as many as an identifier has. Our own bound.
    public static let longestManagedBy = IdentifierRules.maximumIdentifierLength

    public let identity: ModuleIdentity
    /// Made with the identity, another one when it is made anew. In IoT Hub's form a decimal number.
    public let generation: UInt64
    /// How often this record was changed; 1 when new.
    public var revision: UInt64
    /// Who looks after the identity, in free words; `IotEdge` for modules of the manifest.
    public var managedBy: Text
    public var authentication: Authentication
    /// Its own key; nil: the one derived from the device's key and the generation.
    public var primary: [UInt8]?
    /// Likewise.
    public var secondary: [UInt8]?

    public init(
        identity: ModuleIdentity, generation: UInt64, revision: UInt64 = 1, managedBy: Text = "", authentication: Authentication = .sas,
        primary: [UInt8]? = nil, secondary: [UInt8]? = nil
    ) {
        self.identity = identity
        self.generation = generation
        self.revision = revision
        self.managedBy = managedBy
        self.authentication = authentication
        self.primary = primary
        self.secondary = secondary
    }
}

extension IdentityRecord: CustomStringConvertible {
    /// Says nothing of the keys.
    public var description: String { "\(identity.path), generation \(generation), revision \(revision)" }
}
