import CPOSIX
import CUV

/// The event loop. Everything of this module that calls back does so from `run` or `runOnce`, on the thread that called it.
/// An idle loop sleeps until something happens.
///
/// Objects made on a loop retain it; the loop does not retain them. Dropping one closes it.
public final class Loop {
    /// nil once closed.
    private(set) var raw: UnsafeMutablePointer<uv_loop_t>?
    private var isRunning = false
    private var idle: Handle?
    private var deferred: [() -> Void] = []
    private var prepare: Handle?
    private var endings: [() -> Void] = []
    private var readBuffer: UnsafeMutableRawBufferPointer?
    private var postQueue: PostQueue?

    /// How long `close` waits for killed children to be gone.
    private static let childGraceMs: UInt64 = 1000

    /// - Throws: EMFILE or ENFILE when the process has too many open descriptors, ENOMEM.
    public init() throws(UVError) {
        martlet_ignore_sigpipe()
        let raw = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        let status = uv_loop_init(raw)
        guard status == 0 else {
            raw.deallocate()
            throw UVError(code: status)
        }
        self.raw = raw
    }

    deinit {
        close()
    }

    /// Milliseconds of monotonic time as of the start of this turn.
    public var now: UInt64 {
        guard let raw else { return Loop.monotonicMs }
        return uv_now(raw)
    }

    /// Where the start of this turn is kept, as in `now`: for other threads, while this one is inside a turn. nil once closed.
    public var turnStart: UnsafePointer<UInt64>? {
        guard let raw else { return nil }
        return withUnsafePointer(to: &raw.pointee.time) { $0 }
    }

    /// Milliseconds of monotonic time, read now. The start is arbitrary.
    public static var monotonicMs: UInt64 { uv_hrtime() / 1_000_000 }

    /// Nanoseconds of monotonic time, read now. The start is arbitrary.
    public static var monotonicNs: UInt64 { uv_hrtime() }

    /// Runs until `stop` is called or nothing is left that could call back.
    public func run() {
        turn(UV_RUN_DEFAULT)
    }

    /// One turn.
    /// - Parameter wait: whether to sleep until something happens, when nothing has yet.
    /// - Returns: whether there is anything left that could call back.
    @discardableResult
    public func runOnce(wait: Bool) -> Bool {
        turn(wait ? UV_RUN_ONCE : UV_RUN_NOWAIT)
    }

    /// `run` returns at the end of this turn. When the loop does not run, its next run returns at once.
    public func stop() {
        guard let raw else { return }
        uv_stop(raw)
    }

    @discardableResult
    private func turn(_ mode: uv_run_mode) -> Bool {
        guard let raw else { return false }
        precondition(!isRunning, "a loop cannot be run from inside one of its callbacks")
        isRunning = true
        defer { isRunning = false }
        return uv_run(raw, mode) != 0
    }

    /// Runs `body` on this thread after the current callback has returned and before the loop sleeps. Bodies run in the order
    /// they came; one queued by another runs in the next turn. On a closed loop `body` is dropped.
    public func soon(_ body: @escaping () -> Void) {
        guard raw != nil else { return }
        deferred.append(body)
        if deferred.count == 1 { wakeForDeferred() }
    }

    /// An idle handle is active only while there is work: it keeps the loop from sleeping.
    private func wakeForDeferred() {
        if idle == nil {
            idle = try? Handle(UV_IDLE, raw) { uv_idle_init($0, $1.assumingMemoryBound(to: uv_idle_t.self)) }
            idle?.setOwner(self)
        }
        uv_idle_start(idle?.pointer()) { idle in
            Handle.owner(idle?.pointee.data, as: Loop.self)?.runDeferred()
        }
    }

    private func runDeferred() {
        let bodies = deferred
        deferred = []
        for body in bodies { body() }
        if deferred.isEmpty { uv_idle_stop(idle?.pointer()) }
    }

    /// Runs `body` on this thread before the loop looks for events again, after all that `soon` runs in the same turn: what a turn has
    /// gathered is sent at its end. On a closed loop `body` is dropped.
    public func atEndOfTurn(_ body: @escaping () -> Void) {
        guard raw != nil else { return }
        endings.append(body)
        guard endings.count == 1 else { return }
        if prepare == nil {
            prepare = try? Handle(UV_PREPARE, raw) { uv_prepare_init($0, $1.assumingMemoryBound(to: uv_prepare_t.self)) }
            prepare?.setOwner(self)
        }
        uv_prepare_start(prepare?.pointer()) { prepare in
            Handle.owner(prepare?.pointee.data, as: Loop.self)?.endTurn()
        }
    }

    private func endTurn() {
        let bodies = endings
        endings = []
        uv_prepare_stop(prepare?.pointer())
        for body in bodies { body() }
        // What they have added is for the end of the next turn, which must come: libuv would sleep first.
        if !endings.isEmpty { soon {} }
    }

    /// The one buffer of 64 KB that all streams of this loop read into: its content is gone after the read callback.
    func sharedReadBuffer() -> UnsafeMutableRawBufferPointer {
        if let readBuffer { return readBuffer }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
        readBuffer = buffer
        return buffer
    }

    /// The one queue for what other threads want to be run here, made when it is first asked for.
    func posts() throws(UVError) -> PostQueue {
        if let postQueue { return postQueue }
        let queue = try PostQueue(raw)
        postQueue = queue
        return queue
    }

    /// Closes everything made on this loop, kills the children that still run, with their process
    /// groups where they have their own, and waits until they are gone, 1 s at most. Owners
    /// are not called back, except that pending writes and connects end with ECANCELED. What was queued by `soon` is dropped.
    /// Idempotent; not from inside a callback.
    public func close() {
        guard let raw else { return }
        precondition(!isRunning, "a loop cannot be closed from inside one of its callbacks")
        postQueue?.close()
        postQueue = nil
        uv_walk(raw, { handle, _ in if let handle { Loop.end(handle) } }, nil)
        // From here on nothing new can be made on the loop, whatever the last callbacks do.
        self.raw = nil
        idle = nil
        deferred = []
        prepare = nil
        endings = []
        if Loop.childCount(raw) > 0 { Loop.waitForChildren(raw) }
        while uv_run(raw, UV_RUN_DEFAULT) != 0 {}
        let status = uv_loop_close(raw)
        assert(status == 0, "a handle outlived its loop")
        if status == 0 { raw.deallocate() }
        readBuffer?.deallocate()
        readBuffer = nil
    }

    private static func end(_ handle: UnsafeMutablePointer<uv_handle_t>) {
        if handle.pointee.type == UV_PROCESS && uv_is_active(handle) != 0 {
            let process = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_process_t.self)
            let pid = process.pointee.pid
            // One that leads a group takes its own children along.
            kill(getpgid(pid) == pid ? -pid : pid, SIGKILL)
        }
        Handle.detach(handle)
    }

    private static func childCount(_ raw: UnsafeMutablePointer<uv_loop_t>) -> Int {
        var count = 0
        uv_walk(
            raw,
            { handle, count in
                guard let handle, handle.pointee.type == UV_PROCESS, uv_is_active(handle) != 0 else { return }
                count?.assumingMemoryBound(to: Int.self).pointee += 1
            }, &count)
        return count
    }

    /// Their exit callbacks close them; a child that even SIGKILL does not end (it hangs in a driver) is given up.
    private static func waitForChildren(_ raw: UnsafeMutablePointer<uv_loop_t>) {
        let limit = try? Handle(UV_TIMER, raw) { uv_timer_init($0, $1.assumingMemoryBound(to: uv_timer_t.self)) }
        uv_timer_start(limit?.pointer(), { _ in }, childGraceMs, 0)
        while let limit, limit.isActive, childCount(raw) > 0 { uv_run(raw, UV_RUN_ONCE) }
        limit?.close()
        uv_walk(
            raw, { handle, _ in if let handle, handle.pointee.type == UV_PROCESS { Handle.close(handle) } }, nil)
    }
}
