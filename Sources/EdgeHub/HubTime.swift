/// The clocks of the hub, and its alarms: those of its loop, or a test's. Everything of the hub that looks at a clock or waits for a time
/// does it here.
protocol HubTime: AnyObject {
    /// Milliseconds of monotonic time as of the start of the loop's turn. They do not go on while the host is off.
    var nowMs: UInt64 { get }
    /// Milliseconds since 1970, UTC, as of then. This clock may jump, and a board without a battery starts in 1970.
    var wallMs: Int64 { get }
    /// An alarm that calls back from the loop, never from inside `set`. Dropped, it never does.
    func alarm(_ fire: @escaping () -> Void) -> any HubAlarm
}
