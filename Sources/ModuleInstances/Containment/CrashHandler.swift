import CPOSIX

/// Writes down, while the process dies, which module it was executing. Everything here runs in signal handlers: it allocates nothing,
/// takes no lock and reads no memory that may not be there.
enum CrashHandler {
    /// Set once, before the handlers are.
    nonisolated(unsafe) private static var state: UnsafeMutablePointer<ContainmentState>?

    /// The signals that a program raises itself by what it does.
    private static var signals: [Int32] { [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP] }

    static func install(_ shared: UnsafeMutablePointer<ContainmentState>) {
        state = shared
        for signal in signals {
            handle(signal)
        }
        on_exit({ code, _ in CrashHandler.exits(code) }, nil)
    }

    private static func handle(_ signal: Int32) {
        // Once: the second time, and whatever the handler itself does wrong, is the end.
        martlet_handle_signal(signal, { CrashHandler.received($0, $1, $2) }, martlet_handle_once(), nil)
    }

    /// A module may have handlers of its own; those that it leaves behind when its image goes would be no code any more.
    static func takeBack(from slot: UnsafeMutablePointer<ModuleSlot>) {
        for signal in signals where slot.holds(martlet_signal_handler(signal)) { handle(signal) }
    }

    private static func received(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?) {
        guard let info else { return }
        let isOwn = info.pointee.si_code > 0
        // A wrong instruction or access is repeated when this returns, and ends the process there. Other signals are over once they
        // were handled.
        let isFault = isOwn && (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE)
        // What somebody else sent is not the module's doing.
        if let state, isOwn || martlet_signal_sender(info) == state.pointee.process {
            write(state, signal, isFault ? martlet_signal_address(info) : nil, context)
        }
        if !isFault { raise(signal) }
    }

    /// `exit` was called, by the host at its end, or by a module. A service manager must not take that for the end of the service.
    private static func exits(_ code: Int32) {
        guard let state, write(state, -(code & 0xFF), nil, nil) else { return }
        _exit(code == 0 ? 1 : code)
    }

    private static func name(_ signal: Int32) -> StaticString {
        switch signal {
        case SIGSEGV: "SIGSEGV"
        case SIGBUS: "SIGBUS"
        case SIGILL: "SIGILL"
        case SIGFPE: "SIGFPE"
        case SIGABRT: "SIGABRT"
        case SIGSYS: "SIGSYS"
        default: "SIGTRAP"
        }
    }

    /// - Parameters:
    ///   - signal: what ends the process; 0 or less: the exit code, negative.
    ///   - address: of the memory, for a wrong access.
    /// - Returns: whether it is a module's doing.
    @discardableResult
    private static func write(
        _ state: UnsafeMutablePointer<ContainmentState>, _ signal: Int32, _ address: UInt?, _ context: UnsafeMutableRawPointer?
    ) -> Bool {
        var local = 0
        let here = withUnsafePointer(to: &local) { UInt(bitPattern: $0) }
        let stack = context.map { martlet_stack_pointer($0) } ?? here
        var place = context.map { martlet_program_counter($0) } ?? 0
        let scratch = state.pointee.crashMemory + ContainmentState.lineCapacity
        var walk = StackWalk(process: state.pointee.process, stackPointer: stack, scratch: scratch)
        var executing: UInt = 0
        var slot: UnsafeMutablePointer<ModuleSlot>?
        if let thread = state.thread(martlet_thread_id()) {
            executing = martlet_load(&thread.pointee.executing)
            slot = UnsafeMutablePointer(bitPattern: executing & ~ModuleSlot.functionMask)
            if let slot, !slot.holds(place) { place = walk.nextAddress(slot.pointee.imageStart, slot.pointee.imageEnd) }
        } else if martlet_thread_id() != state.pointee.process {
            // A thread that is not the host's: whose code is it?
            slot = state.slot(holding: place)
            while slot == nil {
                place = walk.nextAddress()
                if place == 0 { break }
                slot = state.slot(holding: place)
            }
        }
        guard let slot else { return false }
        var line = CrashRecord.line(slot, state.pointee.crashMemory.assumingMemoryBound(to: UInt8.self))
        if signal > 0 {
            line.append(name(signal))
        } else {
            line.append("exit(")
            line.append(UInt64(-signal))
            line.append(")")
        }
        line.append(" in ")
        line.append(executing == 0 ? "a thread of its own" : Watchdog.word(executing))
        if slot.holds(place) {
            line.append(", at ")
            line.append(place, in: slot)
        }
        if let address {
            line.append(", address ")
            line.append(address: address)
        }
        line.write(over: state.pointee.crashFile)
        return true
    }
}
