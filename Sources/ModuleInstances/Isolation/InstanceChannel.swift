import JSON

/// The way to an instance that runs on a loop of its own: a thread or a process. All calls on the host's loop.
protocol InstanceChannel: AnyObject {
    /// The process behind it, where that is not the host's own.
    var processID: Int32? { get }

    /// Begins. From here on the instance hears what comes, and holds this until `channelEnded`.
    func open(_ instance: RemoteInstance) throws(InstanceError)

    /// Bytes of frames that the other side has not taken.
    var unsentBytes: Int { get }

    /// Sends frames. Never waits.
    func send(_ bytes: UnsafeRawBufferPointer)

    /// The other side was asked to end: ends it with increasing force, where that can be done.
    func stop()

    /// Ends it at once, where that can be done.
    func kill()

    /// Ends it at once, where that can be done, for this reason.
    func fail(_ reason: Text)

    /// nil where `kill` ends it.
    var hanging: Text? { get }
}
