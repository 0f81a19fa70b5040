public import JSON

/// A running instance, or a client that is connected, as the hub sees it. All calls on the loop's thread.
public protocol ModuleLink: AnyObject {
    /// Delivers a message to an input. Returns false when the instance cannot take more after this one: the hub then waits for
    /// `HubPort.takesMore()`. Where the delivery has a receipt, the instance gives it to `HubPort.took` once it has taken the message.
    func deliver(_ delivery: Delivery) -> Bool

    /// Desired properties changed: the accepted patch, null members deleted, and the new version.
    func desired(_ patch: JSONObject, version: UInt64)

    /// A direct method; the instance answers through the call, once, now or later.
    func invoke(_ call: MethodCall)

    /// Whether messages of this input may be delivered; those of others that it does not take wait. Asked when the link is attached, when
    /// something comes to an input for the first time, and after `HubPort.readinessChanged()`. The empty input is that of messages from
    /// the cloud to a device.
    func takes(input: Text) -> Bool

    /// Whether direct methods may be called. While it is false, calls wait as if nobody were here, if their callers wait at all. Asked as
    /// `takes`.
    var takesMethods: Bool { get }

    /// Whether it says of every message that it was taken. Then all deliveries have a receipt, those of queues in memory too, and what was
    /// not taken when the link goes is delivered again to the next one, first and in order. The same for the life of the link.
    var acknowledges: Bool { get }

    /// Whether it came with a token. Then it is cut off when the keys of its identity change. The same for the life of the link.
    var isAuthenticated: Bool { get }

    /// Its port is dead: the identity was deleted, may not connect any more, has other keys, or another link of the same identity came.
    /// Called in a later turn; not where this link is attached again by then, nor after `detach`.
    /// - Parameter reason: for people.
    func cutOff(_ reason: Text)
}

/// An instance that runs in the host or under its eyes takes everything at any time.
extension ModuleLink {
    public func takes(input: Text) -> Bool { true }
    public var takesMethods: Bool { true }
    public var acknowledges: Bool { false }
    public var isAuthenticated: Bool { false }
    public func cutOff(_ reason: Text) {}
}
