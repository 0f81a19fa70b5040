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

    /// Asks it to end, with increasing force. The observer hears when it is over, maybe before this returns.
    func stop()

    /// Ends it without asking, where that can be done: an instance on the loop is over when `stop` returned.
    func kill()

    /// Why it is not over yet though it was asked to end, where `kill` cannot end it; else nil.
    var hanging: Text? { get }
}

extension ModuleInstance {
    public var hanging: Text? { nil }
}
