import CPOSIX

/// Where a thread is that does not return: one line of the log.
enum StackDump {
    /// Addresses of one line.
    private static let limit = 12
    /// Who does not handle it ignores it.
    private static let question = SIGURG

    /// `<4> … host: slow is at libc.so.6+0x11 (clock_nanosleep), libslow.so+0x1139, martlet+0x22`
    static func write(
        _ state: UnsafeMutablePointer<ContainmentState>, _ thread: UnsafeMutablePointer<ModuleThread>,
        _ slot: UnsafeMutablePointer<ModuleSlot>, _ executing: UInt
    ) {
        guard let (counter, stack) = registers(state, thread.pointee.thread) else { return }
        let linker = (start: state.pointee.linkerStart, end: state.pointee.linkerEnd)
        // Names are behind a lock of the dynamic linker, which a thread inside it holds.
        let scratch = state.pointee.watchdogMemory + ContainmentState.lineCapacity
        var walk = StackWalk(process: state.pointee.process, stackPointer: stack, scratch: scratch)
        let hasNames = (counter < linker.start || counter >= linker.end) && walk.nextAddress(linker.start, linker.end) == 0

        var line = Watchdog.begin(state, state.pointee.watchdogMemory.assumingMemoryBound(to: UInt8.self), level: 4, slot)
        line.append(" is at ")
        append(counter, slot, hasNames, &line)
        walk = StackWalk(process: state.pointee.process, stackPointer: stack, scratch: scratch)
        var shown = 1
        while shown < limit {
            let address = hasNames ? walk.nextAddress() : walk.nextAddress(slot.pointee.imageStart, slot.pointee.imageEnd)
            if address == 0 { break }
            var found = martlet_symbol()
            guard slot.holds(address) || martlet_find_symbol(UnsafeRawPointer(bitPattern: address), &found) != 0 else { continue }
            line.append(", ")
            append(address, slot, hasNames, &line)
            shown += 1
        }
        line.write(to: STDERR_FILENO)
    }

    private static func append(_ address: UInt, _ slot: UnsafeMutablePointer<ModuleSlot>, _ hasNames: Bool, _ line: inout LineBuffer) {
        var found = martlet_symbol()
        if hasNames, martlet_find_symbol(UnsafeRawPointer(bitPattern: address), &found) != 0, let path = found.file {
            if slot.holds(address) {
                line.append(address, in: slot)
            } else {
                line.append(cString: strrchr(path, Int32(UInt8(ascii: "/"))).map { UnsafePointer($0 + 1) } ?? path)
                line.append("+")
                line.append(address: address - UInt(bitPattern: found.base))
            }
            guard let name = found.name else { return }
            line.append(" (")
            line.append(cString: name)
            line.append(")")
        } else if slot.holds(address) {
            line.append(address, in: slot)
        } else {
            line.append(address: address)
        }
    }

    // MARK: - Registers

    /// Program counter and stack pointer of another thread. One that waits in the system is not disturbed: a signal would end its
    /// waiting.
    private static func registers(_ state: UnsafeMutablePointer<ContainmentState>, _ thread: Int32) -> (UInt, UInt)? {
        let start = (state.pointee.watchdogMemory + ContainmentState.lineCapacity).assumingMemoryBound(to: UInt8.self)
        var path = LineBuffer(start, capacity: 256)
        path.append("/proc/self/task/")
        path.append(UInt64(thread))
        path.append("/syscall")
        path.append(byte: 0)
        let file = UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: 256) { martlet_open($0, O_RDONLY | O_CLOEXEC, 0) }
        if file >= 0 {
            defer { close(file) }
            let count = read(file, start, 255)
            // `0 0x3 … 0x7ffe 0x7f00`, or `running`.
            if count > 0, let counter = lastNumber(start, count) {
                if let stack = lastNumber(start, counter.start) { return (counter.value, stack.value) }
            }
        }
        return ask(state, thread)
    }

    /// The hexadecimal number at the end of a text, and where it starts.
    private static func lastNumber(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> (value: UInt, start: Int)? {
        var index = count
        while index > 0, text[index - 1] <= 0x20 { index -= 1 }
        var value: UInt = 0
        var shift: UInt = 0
        while index > 0, text[index - 1] != UInt8(ascii: "x") {
            let byte = text[index - 1]
            let digit = byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : byte &- UInt8(ascii: "a") &+ 10
            guard digit < 16 else { return nil }
            value |= UInt(digit) << shift
            shift += 4
            index -= 1
        }
        return index > 1 ? (value, index - 2) : nil
    }

    /// Has the thread say itself where it is: it is executing.
    private static func ask(_ state: UnsafeMutablePointer<ContainmentState>, _ thread: Int32) -> (UInt, UInt)? {
        martlet_store(&state.pointee.answeredStack, 0)
        state.pointee.askedThread = thread
        asked = state
        // Go's runtime has a handler of its own for it. Whoever has none ignores an answer that comes late.
        var before = sigaction()
        guard martlet_handle_signal(question, { _, _, context in StackDump.answer(context) }, SA_RESTART, &before) == 0 else { return nil }
        defer { sigaction(question, &before, nil) }
        guard martlet_signal_thread(state.pointee.process, thread, question) == 0 else { return nil }
        for _ in 0..<20 {
            let stack = martlet_load(&state.pointee.answeredStack)
            if stack != 0 { return (martlet_load(&state.pointee.answeredCounter), stack) }
            poll(nil, 0, 5)
        }
        return nil
    }

    nonisolated(unsafe) private static var asked: UnsafeMutablePointer<ContainmentState>?

    private static func answer(_ context: UnsafeMutableRawPointer?) {
        guard let state = asked, let context, martlet_thread_id() == state.pointee.askedThread else { return }
        martlet_store(&state.pointee.answeredCounter, martlet_program_counter(context))
        martlet_store(&state.pointee.answeredStack, martlet_stack_pointer(context))
    }
}
