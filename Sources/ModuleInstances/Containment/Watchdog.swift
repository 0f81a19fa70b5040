import CPOSIX
import JSON
import UV

/// The thread that sees when a module does not return.
///
/// ```
///  a call begins ── nobody watches? ──► timer runs ──── the same call twice? ──► warning, stack, restart
///                                          ▲                 │ another call: look again
///                                          └─────────────────┘ none: sleep until a call begins
/// ```
/// While no module runs it sleeps without an end; while they do it wakes up once a period. It allocates nothing and waits for no lock: the
/// thread it watches may hang in the allocator.
enum Watchdog {
    /// How long a call may take that holds up the end of the host: it promises to end within 10 s.
    private static let endingMs: UInt64 = 8000
    /// A look that comes so much too late says that the process was stopped, or the machine is overloaded, and nothing of modules.
    private static let latenessMs: UInt64 = 500

    // MARK: - On the threads of modules

    /// A call begins and the timer does not run: starts it.
    static func arm(_ state: UnsafeMutablePointer<ContainmentState>, _ thread: UnsafeMutablePointer<ModuleThread>) {
        martlet_store(&state.pointee.isArmed, 1)
        thread.pointee.seenCall = thread.pointee.calls
        thread.pointee.seenMs = 0
        thread.pointee.unseenAt = Loop.monotonicMs
        setTimer(state)
    }

    /// The call that the watchdog spoke of has returned.
    static func returned(_ state: UnsafeMutablePointer<ContainmentState>, _ thread: UnsafeMutablePointer<ModuleThread>) {
        let blocked = thread.pointee.isBlocked
        martlet_store(&thread.pointee.isBlocked, 0)
        guard let slot = UnsafeMutablePointer<ModuleSlot>(bitPattern: blocked & ~ModuleSlot.functionMask) else { return }
        let now = Loop.monotonicMs
        let ms = now - min(now, slot.pointee.blockedSince)
        slot.pointee.blockedUntil = now
        report(state, blocked, ms: ms, hasReturned: true)
        // Not the watchdog's memory: it may be writing.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ContainmentState.lineCapacity) { memory in
            guard let start = memory.baseAddress else { return }
            var line = begin(state, start, level: 4, slot)
            line.append(" returned from ")
            line.append(word(blocked))
            line.append(" after ")
            line.append(ms: ms)
            line.write(to: STDERR_FILENO)
        }
    }

    private static func setTimer(_ state: UnsafeMutablePointer<ContainmentState>) {
        state.pointee.armedAt = Loop.monotonicMs
        let period = martlet_load(&state.pointee.periodMs)
        var time = itimerspec()
        time.it_value.tv_sec = .init(period / 1000)
        // At least something: a timer of 0 does not run.
        time.it_value.tv_nsec = .init(period % 1000 * 1_000_000 + 1)
        timerfd_settime(state.pointee.timer, 0, &time, nil)
    }

    // MARK: - On its own thread

    /// Ends when the containment does.
    static func run(_ state: UnsafeMutablePointer<ContainmentState>) {
        // Signals of the process are for the loop.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, nil)
        while martlet_load(&state.pointee.isOver) == 0 {
            var expirations: UInt64 = 0
            guard read(state.pointee.timer, &expirations, 8) == 8 || martlet_errno() == EINTR else { return }
            if martlet_load(&state.pointee.periodMs) != 0 { look(state) }
        }
    }

    private static func look(_ state: UnsafeMutablePointer<ContainmentState>) {
        let period = UInt64(martlet_load(&state.pointee.periodMs))
        let before = state.pointee.armedAt
        let isLate = Loop.monotonicMs - before > period + latenessMs
        var executes = false
        var next = state.pointee.threads
        while let thread = next {
            next = thread.pointee.next
            let executing = martlet_load(&thread.pointee.executing)
            let call = martlet_load(&thread.pointee.calls)
            if executing == 0 || call != thread.pointee.seenCall {
                thread.pointee.seenCall = call
                thread.pointee.seenMs = 0
                thread.pointee.unseenAt = before
            } else {
                if !isLate { thread.pointee.seenMs += period }
                judge(state, thread, executing)
            }
            if executing != 0 { executes = true }
        }
        if !executes {
            martlet_store(&state.pointee.isArmed, 0)
            // A call that begins now either sees that nobody watches, or is seen here.
            martlet_barrier_on_all_threads()
            next = state.pointee.threads
            while let thread = next {
                if martlet_load(&thread.pointee.executing) != 0 { executes = true }
                next = thread.pointee.next
            }
            guard executes else { return }
            martlet_store(&state.pointee.isArmed, 1)
        }
        setTimer(state)
    }

    private static func judge(
        _ state: UnsafeMutablePointer<ContainmentState>, _ thread: UnsafeMutablePointer<ModuleThread>, _ executing: UInt
    ) {
        guard let slot = UnsafeMutablePointer<ModuleSlot>(bitPattern: executing & ~ModuleSlot.functionMask) else { return }
        let ms = thread.pointee.seenMs
        let warn = UInt64(martlet_load(&state.pointee.warnMs))
        let restart = UInt64(martlet_load(&state.pointee.restartMs))
        if warn > 0, ms >= warn, martlet_load(&thread.pointee.isBlocked) == 0 {
            slot.pointee.blockedSince = start(thread)
            slot.pointee.blockedUntil = 0
            slot.pointee.blockedFunction = executing & ModuleSlot.functionMask
            martlet_store(&thread.pointee.isBlocked, executing)
            report(state, executing, ms: Loop.monotonicMs - slot.pointee.blockedSince, hasReturned: false)
            say(state, thread, slot, executing, "", level: 4)
            StackDump.write(state, thread, slot, executing)
        }
        guard martlet_load(&thread.pointee.calls) == thread.pointee.seenCall, martlet_load(&thread.pointee.executing) != 0 else {
            // It returned meanwhile, maybe without having seen that it was spoken of.
            if martlet_load(&thread.pointee.isBlocked) == executing { returned(state, thread) }
            return
        }
        let isEnding = isAskedToEnd(state)
        let limit = isEnding ? min(restart == 0 ? endingMs : restart, endingMs) : restart
        guard limit > 0, ms >= limit, thread.pointee.isLoop else { return }
        let isChild = state.pointee.pipe != nil
        let then: StaticString = isChild ? "; its process ends" : isEnding ? "; the host ends without it" : "; the host starts again"
        say(state, thread, slot, executing, then, level: 3)
        if isChild { abort(state) }
        var line = CrashRecord.line(slot, state.pointee.watchdogMemory.assumingMemoryBound(to: UInt8.self))
        line.append(CrashRecord.blocked)
        line.append((Loop.monotonicMs - start(thread)) / 1000)
        line.append(" s in ")
        line.append(word(executing))
        line.write(over: state.pointee.crashFile)
        if !isEnding { HostRestart.restart(state) }
        _exit(1)
    }

    private static func isAskedToEnd(_ state: UnsafeMutablePointer<ContainmentState>) -> Bool {
        if martlet_load(&state.pointee.isEnding) != 0 { return true }
        let (first, second) = state.pointee.endSignals
        return first.map { $0.pointee > 0 } ?? false || second.map { $0.pointee > 0 } ?? false
    }

    /// Ends the process as `abort` does, with a core dump of the thread that hangs if the system makes them.
    private static func abort(_ state: UnsafeMutablePointer<ContainmentState>) -> Never {
        signal(SIGABRT, martlet_default_action())
        kill(state.pointee.process, SIGABRT)
        // It comes on another thread, unless all have blocked it.
        poll(nil, 0, 1000)
        kill(state.pointee.process, SIGKILL)
        _exit(1)
    }

    /// Tells the host of it, in the process of one module alone.
    private static func report(_ state: UnsafeMutablePointer<ContainmentState>, _ executing: UInt, ms: UInt64, hasReturned: Bool) {
        guard let pipe = state.pointee.pipe, let function = ModuleFunction(rawValue: executing & ModuleSlot.functionMask) else { return }
        withUnsafeTemporaryAllocation(byteCount: BlockedCall.frameSize, alignment: 1) { memory in
            guard let start = memory.baseAddress else { return }
            BlockedCall(function: function, ms: ms, hasReturned: hasReturned, place: .process).writeFrame(to: start)
            // The thread that hangs may be in the middle of a frame; one that has returned is not for long.
            let bytes = UnsafeRawBufferPointer(memory)
            if hasReturned { pipe.send(bytes) } else { pipe.trySend(bytes) }
        }
    }

    /// When the call began that executes, in milliseconds of monotonic time: between two looks, and a call that takes long is most of its
    /// turn of the loop.
    private static func start(_ thread: UnsafeMutablePointer<ModuleThread>) -> UInt64 {
        min(max(thread.pointee.turnStart?.pointee ?? 0, thread.pointee.unseenAt), Loop.monotonicMs - thread.pointee.seenMs)
    }

    private static func say(
        _ state: UnsafeMutablePointer<ContainmentState>, _ thread: UnsafeMutablePointer<ModuleThread>,
        _ slot: UnsafeMutablePointer<ModuleSlot>, _ executing: UInt, _ then: StaticString, level: UInt64
    ) {
        var line = begin(state, state.pointee.watchdogMemory.assumingMemoryBound(to: UInt8.self), level: level, slot)
        let whom: StaticString = state.pointee.pipe != nil ? "its process" : thread.pointee.isLoop ? "the loop" : "its thread"
        line.append(" blocks ")
        line.append(whom)
        line.append(": ")
        line.append(word(executing))
        line.append(" has not returned for ")
        line.append(ms: Loop.monotonicMs - start(thread))
        line.append(then)
        line.write(to: STDERR_FILENO)
    }

    /// The beginning of a line of the host's log, or of the module's own.
    static func begin(
        _ state: UnsafeMutablePointer<ContainmentState>, _ start: UnsafeMutablePointer<UInt8>, level: UInt64,
        _ slot: UnsafeMutablePointer<ModuleSlot>
    ) -> LineBuffer {
        var line = LineBuffer(start, capacity: ContainmentState.lineCapacity)
        if state.pointee.pipe != nil {
            line.append(nameOf: slot)
            return line
        }
        line.append("<")
        line.append(level)
        line.append("> ")
        if let stamp = line.room(TimeText.logStampCount) { TimeText.writeLogStamp(WallClock.nowMs, to: stamp) }
        line.append(level == 3 ? " [ERR] host: " : " [WRN] host: ")
        line.append(nameOf: slot)
        return line
    }

    /// The name of what executes.
    static func word(_ executing: UInt) -> StaticString {
        ModuleFunction(rawValue: executing & ModuleSlot.functionMask)?.word ?? "?"
    }
}
