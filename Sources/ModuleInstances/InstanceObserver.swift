public import JSON

/// Who hears of an instance: the agent's supervisor. All calls on the loop's thread.
public protocol InstanceObserver: AnyObject {
    /// Start-up is complete.
    func instanceIsReady()

    /// A line of the module's own output.
    ///
    /// - Parameter level: syslog's; 6 where the module did not say.
    func instanceLogged(level: Int32, line: Text)

    /// A call into a module in a process of its own does not return, or has returned after all.
    func instanceBlocked(_ call: BlockedCall)

    /// It is over; nothing more comes of this instance.
    func instanceEnded(_ end: InstanceEnd)
}
