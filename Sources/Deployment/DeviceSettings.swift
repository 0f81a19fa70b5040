public import JSON
public import ModuleIdentities

/// Who the device is.
public struct DeviceSettings: Sendable, Equatable {
    /// At most 128 characters, by IoT Hub's rules.
    public var id: Text
    public var hubHostName: Text
    public var gatewayHostName: Text
    /// As the cloud gave it; nil: there is none. It agrees with `id` and `hubHostName`.
    public var connection: ConnectionString?
    /// Devices that have this one as their gateway, in the order of the manifest; each id comes once.
    public var children: [DownstreamDevice]

    public init(
        id: Text, hubHostName: Text = "martlet.local", gatewayHostName: Text = "localhost", connection: ConnectionString? = nil,
        children: [DownstreamDevice] = []
    ) {
        self.id = id
        self.hubHostName = hubHostName
        self.gatewayHostName = gatewayHostName
        self.connection = connection
        self.children = children
    }
}
