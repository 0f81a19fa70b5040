public import JSON

/// A running instance as the hub sees it. All calls on the loop's thread.
public protocol ModuleLink: AnyObject {
    /// Delivers a message to an input. Returns false when the instance cannot take more after this one: the hub then waits for
    /// `HubPort.takesMore()`. Where the delivery has a receipt, the instance gives it to `HubPort.took` once it has taken the message.
    func deliver(_ delivery: Delivery) -> Bool

    /// Desired properties changed: the accepted patch, null members deleted, and the new version.
    func desired(_ patch: JSONObject, version: UInt64)

    /// A direct method; the instance answers through the call, once, now or later.
    func invoke(_ call: MethodCall)
}
