public import JSON

/// The scope of addressing and security of one instance, or of the device itself.
public struct ModuleIdentity: Hashable, Sendable {
    public let deviceID: Text
    /// nil: the identity of the device.
    public let moduleID: Text?

    public init(deviceID: Text, moduleID: Text? = nil) {
        self.deviceID = deviceID
        self.moduleID = moduleID
    }

    /// `/devices/Hannover01/modules/insight`
    public var path: Text {
        if let moduleID { "/devices/\(deviceID)/modules/\(moduleID)" } else { "/devices/\(deviceID)" }
    }
}
