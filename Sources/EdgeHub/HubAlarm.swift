/// Calls back once at a time that can be changed.
protocol HubAlarm: AnyObject {
    /// - Parameter ms: from now; nil: not at all. What was set before is forgotten.
    func set(afterMs ms: UInt64?)
}
