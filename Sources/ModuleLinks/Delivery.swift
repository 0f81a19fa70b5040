public import JSON
public import Messages
import ModuleIdentities

/// A message on its way to an input, with what the hub knows of it.
public struct Delivery {
    public let message: Message
    public let input: Text
    /// Milliseconds since 1970, by the clock of the wall, when the hub accepted it.
    public let enqueuedMs: Int64
    /// For `HubPort.took`; 0: nobody waits to hear that it was taken. A message that is delivered again while the same host runs has the
    /// receipt that it had before, and no other message has had it.
    public let receipt: UInt64

    public init(_ message: Message, input: Text, enqueuedMs: Int64, receipt: UInt64 = 0) {
        self.message = message
        self.input = input
        self.enqueuedMs = enqueuedMs
        self.receipt = receipt
    }

    /// What a module sees: what the sender said of the message, then what the hub says. No name comes twice, as a sender cannot use the
    /// hub's. A message of a device or of the operator has no connectionModuleId.
    /// - Parameter device: the id of this device.
    public func systemProperties(device: Text) -> [MessageProperty] {
        var all = message.systemProperties
        let sender = ClientName.identity(message.module, device: device)
        all.append(MessageProperty(name: "connectionDeviceId", value: sender.deviceID))
        all.append(MessageProperty(name: "enqueuedTime", value: Text(iso8601Ms: enqueuedMs)))
        if let module = sender.moduleID { all.append(MessageProperty(name: "connectionModuleId", value: module)) }
        return all
    }
}
