public import JSON

/// What the hub calls whoever talks to it: one text for each identity that this device knows.
///
/// ```
/// a module of this device    its id        thermometer
/// the device itself          nothing
/// a downstream device        / and its id  /sensor-7        no id holds a slash, so this is none of a module
/// ```
public enum ClientName {
    /// Of the device itself.
    public static let device: Text = ""

    /// Of a device that has this one as its gateway.
    public static func downstream(_ device: Text) -> Text { "/\(device)" }

    /// The id of a downstream device; nil: this is the name of a module or of the device itself.
    public static func downstreamDevice(_ name: Text) -> Text? {
        guard isDownstream(name) else { return nil }
        return Text(utf8: name.utf8.dropFirst())
    }

    /// Whether it is the name of a downstream device.
    public static func isDownstream(_ name: Text) -> Bool { name.utf8.first == UInt8(ascii: "/") }

    /// The identity of a name.
    /// - Parameter device: the id of this device.
    public static func identity(_ name: Text, device: Text) -> ModuleIdentity {
        if let id = downstreamDevice(name) { return ModuleIdentity(deviceID: id) }
        return ModuleIdentity(deviceID: device, moduleID: name.isEmpty ? nil : name)
    }

    /// The name of an identity; nil: a module of another device, which has no name here. Whether there is such an identity is not looked at.
    public static func name(of identity: ModuleIdentity, device: Text) -> Text? {
        if identity.deviceID == device { return identity.moduleID ?? self.device }
        return identity.moduleID == nil ? downstream(identity.deviceID) : nil
    }

    /// For people: `thermometer`, `/devices/sensor-7`.
    /// - Parameter device: the id of this device.
    public static func shown(_ name: Text, device: Text) -> Text {
        name.isEmpty || isDownstream(name) ? identity(name, device: device).path : name
    }
}
