public import JSON

/// What an operator sees in a twin that is not the twin's own.
public struct TwinStanding: Sendable {
    public var isConnected: Bool
    /// When its module was last heard of; nil: never, or not known.
    public var lastActivityMs: Int64?
    /// `sas` or `none`.
    public var authenticationType: Text
    /// Of the identity.
    public var deviceEtag: Text

    /// Messages from the cloud that wait for the device.
    public var cloudToDeviceMessages: Int
    /// The `Twin.scope` of the device that is its gateway; nil: it is a gateway itself, or a module.
    public var gatewayScope: Text?

    public init(
        isConnected: Bool, lastActivityMs: Int64? = nil, authenticationType: Text, deviceEtag: Text, cloudToDeviceMessages: Int = 0,
        gatewayScope: Text? = nil
    ) {
        self.isConnected = isConnected
        self.lastActivityMs = lastActivityMs
        self.authenticationType = authenticationType
        self.deviceEtag = deviceEtag
        self.cloudToDeviceMessages = cloudToDeviceMessages
        self.gatewayScope = gatewayScope
    }
}
