public import JSON

/// Who the device is.
public struct DeviceSettings: Sendable, Equatable {
    /// At most 128 characters, by IoT Hub's rules.
    public var id: Text
    public var hubHostName: Text
    public var gatewayHostName: Text

    public init(id: Text, hubHostName: Text = "martlet.local", gatewayHostName: Text = "localhost") {
        self.id = id
        self.hubHostName = hubHostName
        self.gatewayHostName = gatewayHostName
    }
}
