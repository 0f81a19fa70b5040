/// What the loop, the watchdog and signal handlers share: memory that is there as long as the process, without locks.
struct ContainmentState {
    static let lineCapacity = 1024
    static let scratchCapacity = 2048

    /// This is the process of one module alone: the way to the host. nil: this is the host.
    let pipe: ChildPipe?
    /// Open for writing; -1: there is none.
    var crashFile: Int32 = -1
    let process: Int32
    /// The newest of each; none ever leaves its list.
    var threads: UnsafeMutablePointer<ModuleThread>?
    var slots: UnsafeMutablePointer<ModuleSlot>?

    // The watchdog's.
    /// A timerfd; -1: there is no watchdog.
    var timer: Int32 = -1
    /// Not 0: the timer runs, or nobody wants it to.
    var isArmed: UInt = 1
    /// Milliseconds of monotonic time.
    var armedAt: UInt64 = 0
    /// Milliseconds from one look to the next; 0: nothing is watched.
    var periodMs: UInt = 0
    /// 0: never.
    var warnMs: UInt = 0
    /// 0: never.
    var restartMs: UInt = 0
    /// Not 0: the host was asked to stop, and knows it.
    var isEnding: UInt = 0
    /// How often the signals have come that ask it.
    var endSignals: (UnsafePointer<UInt32>?, UnsafePointer<UInt32>?)
    /// Not 0: the watchdog's thread ends.
    var isOver: UInt = 0

    // How the program was started; nil: it cannot be started again.
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    var environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    /// The folder it was started in.
    var folder: Int32 = -1

    // Where the thread was that the watchdog asked.
    var askedThread: Int32 = 0
    var answeredCounter: UInt = 0
    var answeredStack: UInt = 0
    /// Where the dynamic linker lies in memory.
    var linkerStart: UInt = 0
    var linkerEnd: UInt = 0

    // A line and some bytes of the stack, for signal handlers and for the watchdog.
    let crashMemory: UnsafeMutableRawPointer
    let watchdogMemory: UnsafeMutableRawPointer

    init(process: Int32, pipe: ChildPipe?) {
        self.process = process
        self.pipe = pipe
        crashMemory = .allocate(byteCount: Self.lineCapacity + Self.scratchCapacity, alignment: 16)
        watchdogMemory = .allocate(byteCount: Self.lineCapacity + Self.scratchCapacity, alignment: 16)
    }
}

extension UnsafeMutablePointer<ContainmentState> {
    /// The entry of a thread; nil: no modules run on it.
    func thread(_ number: Int32) -> UnsafeMutablePointer<ModuleThread>? {
        var thread = pointee.threads
        while let found = thread {
            if found.pointee.thread == number { return found }
            thread = found.pointee.next
        }
        return nil
    }

    /// The instance in whose image an address is.
    func slot(holding address: UInt) -> UnsafeMutablePointer<ModuleSlot>? {
        var slot = pointee.slots
        while let found = slot {
            if found.holds(address) { return found }
            slot = found.pointee.next
        }
        return nil
    }
}
