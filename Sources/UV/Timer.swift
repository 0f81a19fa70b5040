import CUV

/// Calls back after some time, once or again and again. A dropped timer never fires.
public final class Timer {
    private let loop: Loop
    private var handle: Handle?
    private var fire: (() -> Void)?

    /// Costs nothing in the loop until it is started.
    @inline(never)
    public init(_ loop: Loop) {
        self.loop = loop
    }

    /// Whether it will fire.
    public var isActive: Bool { handle?.isActive ?? false }

    /// Starts or restarts the timer; what was set before is forgotten. On a closed loop it never fires.
    /// - Parameters:
    ///   - afterMs: milliseconds from now; 0 is the next turn.
    ///   - everyMs: milliseconds between later calls; 0 for one call only.
    public func start(afterMs: UInt64, everyMs: UInt64 = 0, _ fire: @escaping () -> Void) {
        guard let raw = loop.raw else { return }
        if handle == nil {
            handle = try? Handle(UV_TIMER, raw) { uv_timer_init($0, $1.assumingMemoryBound(to: uv_timer_t.self)) }
            handle?.setOwner(self)
        }
        self.fire = fire
        // libuv counts from the start of the turn, which may be long ago.
        uv_update_time(raw)
        uv_timer_start(
            handle?.pointer(), { timer in Handle.owner(timer?.pointee.data, as: Timer.self)?.fired() }, afterMs, everyMs)
    }

    /// Idempotent. The closure is released.
    public func stop() {
        fire = nil
        guard let timer: UnsafeMutablePointer<uv_timer_t> = handle?.pointer() else { return }
        uv_timer_stop(timer)
    }

    private func fired() {
        let fire = self.fire
        if !isActive { self.fire = nil }
        fire?()
    }
}
