import CPOSIX

/// Marks that a thread executes one module. It is used for every message, so it holds nothing that is counted: valid as long as the
/// `ModuleCalls` that it is of.
///
/// A call costs a few loads and stores.
struct CallMark {
    let thread: UnsafeMutablePointer<ModuleThread>
    let slot: UnsafeMutablePointer<ModuleSlot>

    func execute(_ call: UInt) {
        martlet_store(&thread.pointee.calls, thread.pointee.calls &+ 1)
        martlet_store(&thread.pointee.executing, call)
        martlet_keep_order()
        if martlet_load(&thread.pointee.state.pointee.isArmed) == 0 { Watchdog.arm(thread.pointee.state, thread) }
    }
}

extension CallMark? {
    /// Before a call into the module; nil: nobody needs to know.
    ///
    /// - Returns: for `leave`, after it.
    @inline(__always) func enter(_ function: ModuleFunction) -> UInt {
        guard let mark = self else { return 0 }
        let outer = martlet_load(&mark.thread.pointee.executing)
        mark.execute(UInt(bitPattern: mark.slot) | function.rawValue)
        return outer
    }

    @inline(__always) func leave(_ outer: UInt) {
        guard let mark = self else { return }
        martlet_store(&mark.thread.pointee.executing, outer)
        if martlet_load(&mark.thread.pointee.isBlocked) != 0, outer == 0 {
            Watchdog.returned(mark.thread.pointee.state, mark.thread)
        }
    }

    /// Waits for the host, maybe inside of a call of the module: that is not the module's time.
    func outside(_ body: () -> Void) {
        let outer = self.map { martlet_load(&$0.thread.pointee.executing) } ?? 0
        if outer != 0 { self.map { martlet_store(&$0.thread.pointee.executing, 0) } }
        body()
        if outer != 0 { self?.execute(outer) }
    }
}
