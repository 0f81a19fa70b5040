public import JSON

/// An identity as IoT Hub's registry shows it.
public struct RegisteredIdentity: Sendable, Equatable {
    /// In base64, as they go over the wire. A secret: never for a log or an error.
    public struct Keys: Sendable, Equatable {
        public var primary: Text
        public var secondary: Text

        /// Two texts of base64.
        public init(primary: Text, secondary: Text) {
            self.primary = primary
            self.secondary = secondary
        }
    }

    /// nil: a device.
    public var moduleID: Text?
    /// The id of a downstream device; nil: it is of this one.
    public var downstreamDevice: Text?
    /// Who made it: `IotEdge` for a module of the manifest, else what its creator said.
    public var managedBy: Text
    /// Another one for each identity that is made, also under a name that was there before.
    public var generationID: Text
    /// Differs after each change of the identity. Not that of its twin.
    public var etag: Text
    /// nil: it cannot authenticate (type `none`).
    public var keys: Keys?

    /// An identity of these members.
    public init(moduleID: Text?, downstreamDevice: Text? = nil, managedBy: Text, generationID: Text, etag: Text, keys: Keys?) {
        self.moduleID = moduleID
        self.downstreamDevice = downstreamDevice
        self.managedBy = managedBy
        self.generationID = generationID
        self.etag = etag
        self.keys = keys
    }
}
