public import JSON
public import ModuleLinks

/// One running image. All calls on the loop's thread.
///
/// An instance is started once and ends once; a restart is a new instance.
public protocol ModuleInstance: ModuleLink {
    /// The process it runs in, where that is not the host's own.
    var processID: Int32? { get }

    /// Starts it. From here on the observer hears of it, `ended` included.
    ///
    /// - Throws: when there is nothing that could end: the image is missing, or refuses to start.
    func start(port: any HubPort) throws(InstanceError)

    /// Whether its program connects to the hub by itself, under the identity of its module: then the instance is nobody's link, and it is
    /// started without a port.
    var connectsItself: Bool { get }

    /// As `start(port:)`, of an instance that connects itself.
    func start() throws(InstanceError)

    /// Asks it to end, with increasing force. The observer hears when it is over, maybe before this returns.
    func stop()

    /// Ends it without asking, where that can be done: an instance on the loop is over when `stop` returned.
    func kill()

    /// Why it is not over yet though it was asked to end, where `kill` cannot end it; else nil.
    var hanging: Text? { get }
}

extension ModuleInstance {
    public var hanging: Text? { nil }
    public var connectsItself: Bool { false }
    public func start() throws(InstanceError) { throw InstanceError("it needs a port of the hub to be started", isLasting: true) }
}
