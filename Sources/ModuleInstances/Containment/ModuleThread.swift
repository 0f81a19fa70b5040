/// One thread of the host on which modules run, as the watchdog and signal handlers see it. Memory that is never given back.
struct ModuleThread {
    /// The slot that executes and, in the low bits, its function; 0: the host itself.
    var executing: UInt = 0
    /// Counts the calls: a number that stays is a call that has not returned.
    var calls: UInt = 0
    /// Not 0: the watchdog has spoken of the call that executes.
    var isBlocked: UInt = 0

    let state: UnsafeMutablePointer<ContainmentState>
    /// The thread that was made before it.
    let next: UnsafeMutablePointer<ModuleThread>?
    /// The system's number; 0: it has ended, and another may take this place.
    var thread: Int32 = 0
    /// The loop of the host runs on it.
    var isLoop = false
    /// When the turn of its loop began, in milliseconds of monotonic time.
    var turnStart: UnsafePointer<UInt64>?
    /// How many instances it has.
    var instances = 0
    /// Handlers run on this one: where the thread's own is used up, too.
    var handlerStack: UnsafeMutableRawPointer?

    // The watchdog's.
    /// The number of the call that it looked at last.
    var seenCall: UInt = 0
    /// How long that has been executing at least, in milliseconds.
    var seenMs: UInt64 = 0
    /// When it looked before it saw this call, in milliseconds of monotonic time.
    var unseenAt: UInt64 = 0

    init(_ state: UnsafeMutablePointer<ContainmentState>, next: UnsafeMutablePointer<ModuleThread>?) {
        self.state = state
        self.next = next
    }
}
