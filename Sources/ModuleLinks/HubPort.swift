public import JSON
public import Messages

/// The hub as one instance sees it: everything done through it is done under that instance's identity. All calls on the loop's
/// thread; completions come later, never from inside the call.
public protocol HubPort: AnyObject {
    /// The device whose hub this is.
    var deviceID: Text { get }

    /// The module whose identity this is.
    var moduleName: Text { get }

    /// Sends a message. `done` comes once it is accepted: stored, where a route is durable. nil is success.
    func send(_ message: consuming Message, done: ((HubError?) -> Void)?)

    /// Merges a patch into the reported properties. `done` comes with the new version once it is stored.
    func report(_ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?)

    /// The device-side view: `{"desired":{…,"$version":n},"reported":{…,"$version":n}}`.
    func twin() -> JSONObject

    /// Calls a direct method of another module of this device.
    func invoke(module: Text, method: Text, payload: JSON, timeoutMs: UInt64, done: @escaping (MethodOutcome) -> Void)

    /// The instance takes messages again, after `ModuleLink.deliver` returned false.
    func takesMore()

    /// The instance has taken the message that was delivered with this receipt. Each is given once, in any order, from inside `deliver`
    /// too; what an instance was given and did not take until its end is delivered again, to the next one.
    func took(_ receipt: UInt64)

    /// `ModuleLink.takes(input:)` or `takesMethods` say something else than before.
    func readinessChanged()
}

extension HubPort {
    /// For ports of instances that are always ready.
    public func readinessChanged() {}
}
