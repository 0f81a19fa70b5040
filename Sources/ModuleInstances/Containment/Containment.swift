import CPOSIX
public import Deployment
import Files
public import JSON
import ModuleImages
import UV

/// Keeps the host from modules in its own process: knows which of them executes, writes it down if the process dies of it, and watches
/// that each call returns. One a process. Made on the thread of the loop.
///
/// In the process of one module alone, calls are watched only: what it dies of the host sees.
public final class Containment: @unchecked Sendable {
    private let state: UnsafeMutablePointer<ContainmentState>
    private let crashFile: OpenFile?
    /// What the host before this one died of, if that was a module.
    public let lastCrash: CrashRecord?
    private let lock = Lock()
    private var isInstalled = false
    private var watchdog: Thread?
    /// What is done about calls that do not return.
    private(set) var settings = WatchdogSettings()

    /// Handlers need a few hundred bytes, and the system up to 11 KB, on processors with large registers.
    private static let handlerStackBytes = 32 << 10

    /// What takes the system some 10 ms in a process of several threads, the first time: before the second thread is made, at once.
    public static func prepare() {
        martlet_prepare_barrier()
    }

    /// - Parameters:
    ///   - stateDirectory: where the record is kept of what the host dies of.
    ///   - arguments: those of `main`, which its environment follows; nil: the host cannot start itself again.
    ///   - log: level (syslog's) and text of what an operator should know.
    public init(
        stateDirectory: String, arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, log: (Int32, Text) -> Void
    ) {
        state = .allocate(capacity: 1)
        state.initialize(to: ContainmentState(process: getpid(), pipe: nil))
        Self.prepare()
        var opened: (file: OpenFile, record: CrashRecord?)?
        do throws(FileError) {
            opened = try CrashRecord.take(Files.join(stateDirectory, "crash"))
        } catch {
            log(4, "a module that ends the host will not be known: \(error.message)")
        }
        crashFile = opened?.file
        lastCrash = opened?.record
        state.pointee.crashFile = crashFile?.descriptor ?? -1
        if let arguments {
            var count = 0
            while arguments[count] != nil { count += 1 }
            state.pointee.arguments = arguments
            state.pointee.environment = arguments + count + 1
            state.pointee.folder = martlet_open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        if lastCrash?.isRestart == true { HostRestart.arrive() }
    }

    /// In the process of one module alone.
    init(child pipe: ChildPipe, _ settings: WatchdogSettings) {
        state = .allocate(capacity: 1)
        state.initialize(to: ContainmentState(process: getpid(), pipe: pipe))
        Self.prepare()
        crashFile = nil
        lastCrash = nil
        apply(settings)
    }

    deinit {
        guard let watchdog else { return }
        martlet_store(&state.pointee.isOver, 1)
        var soon = itimerspec()
        soon.it_value.tv_nsec = 1
        timerfd_settime(state.pointee.timer, 0, &soon, nil)
        watchdog.join()
        close(state.pointee.timer)
    }

    /// What is done about calls that do not return. From the next call on.
    public func apply(_ settings: WatchdogSettings) {
        self.settings = settings
        let (warn, restart) = (UInt(max(settings.warnAfterMs, 0)), UInt(max(settings.restartAfterSeconds, 0)) * 1000)
        martlet_store(&state.pointee.warnMs, warn)
        martlet_store(&state.pointee.restartMs, restart)
        var period = warn == 0 ? restart / 3 : warn
        if restart > 0 { period = min(period, restart) }
        martlet_store(&state.pointee.periodMs, period)
        if isInstalled { startWatching() }
    }

    /// The signals that ask the host to stop: it may never hear of them. Until `hostEnds`.
    public func endSignals(_ first: SignalWatcher, _ second: SignalWatcher) {
        state.pointee.endSignals = (first.count, second.count)
    }

    /// The host was asked to stop: a call that does not return ends it now, in time, instead of starting it again.
    public func hostEnds() {
        martlet_store(&state.pointee.isEnding, 1)
    }

    // MARK: - Instances

    /// For the calls into one instance, made on the thread on which it runs: the loop's, or one of its own.
    func calls(of module: ContainedModule, _ loop: Loop) -> ModuleCalls {
        lock.take()
        defer { lock.give() }
        install()
        let thread = enter()
        thread.pointee.turnStart = loop.turnStart
        let slot = freeSlot()
        module.name.withBytes { name in
            module.file.withBytes { file in
                module.digest.withBytes { slot.fill(isOnLoop: thread.pointee.isLoop, name: name, file: file, digest: $0) }
            }
        }
        return ModuleCalls(self, CallMark(thread: thread, slot: slot))
    }

    /// The instance is gone; `stays`: not so its image.
    func release(_ thread: UnsafeMutablePointer<ModuleThread>, _ slot: UnsafeMutablePointer<ModuleSlot>, stays: Bool) {
        lock.take()
        defer { lock.give() }
        slot.pointee.blockedFunction = 0
        if !stays {
            if state.pointee.pipe == nil { CrashHandler.takeBack(from: slot) }
            slot.pointee.imageStart = 0
            slot.pointee.imageEnd = 0
            slot.pointee.isFree = true
        }
        thread.pointee.instances -= 1
        guard thread.pointee.instances == 0, !thread.pointee.isLoop else { return }
        setHandlerStack(of: thread, nil)
        thread.pointee.turnStart = nil
        thread.pointee.handlerStack?.deallocate()
        thread.pointee.handlerStack = nil
        thread.pointee.thread = 0
    }

    /// How a module did not return last, since its instance was started; nil: it always did.
    public func blockedCall(of module: Text) -> BlockedCall? {
        lock.take()
        defer { lock.give() }
        var next = state.pointee.slots
        while let slot = next {
            next = slot.pointee.next
            guard !slot.pointee.isFree, let function = ModuleFunction(rawValue: slot.pointee.blockedFunction),
                Text(utf8: UnsafeBufferPointer(start: slot.text, count: slot.pointee.nameCount)) == module
            else { continue }
            let place: BlockedCall.Place = slot.pointee.isOnLoop ? .loop : .thread
            let (since, until) = (slot.pointee.blockedSince, slot.pointee.blockedUntil)
            if until == 0 { return BlockedCall(function: function, ms: Loop.monotonicMs - since, hasReturned: false, place: place) }
            return BlockedCall(
                function: function, ms: until - min(since, until), hasReturned: true, place: place,
                saidMs: until, saidAt: WallClock.nowMs - Int64(Loop.monotonicMs - until))
        }
        return nil
    }

    private func freeSlot() -> UnsafeMutablePointer<ModuleSlot> {
        var next = state.pointee.slots
        while let slot = next {
            if slot.pointee.isFree { return slot }
            next = slot.pointee.next
        }
        let made = ModuleSlot.make(next: state.pointee.slots)
        state.pointee.slots = made
        return made
    }

    /// The entry of the calling thread, which the first instance on it makes.
    private func enter() -> UnsafeMutablePointer<ModuleThread> {
        let number = martlet_thread_id()
        let thread = state.thread(number) ?? state.thread(0) ?? makeThread()
        if thread.pointee.thread != number {
            thread.pointee.isLoop = number == state.pointee.process
            thread.pointee.handlerStack = .allocate(byteCount: Self.handlerStackBytes, alignment: 16)
            setHandlerStack(of: thread, thread.pointee.handlerStack)
            thread.pointee.thread = number
        }
        thread.pointee.instances += 1
        return thread
    }

    private func makeThread() -> UnsafeMutablePointer<ModuleThread> {
        let made = UnsafeMutablePointer<ModuleThread>.allocate(capacity: 1)
        made.initialize(to: ModuleThread(state, next: state.pointee.threads))
        state.pointee.threads = made
        return made
    }

    private func setHandlerStack(of thread: UnsafeMutablePointer<ModuleThread>, _ memory: UnsafeMutableRawPointer?) {
        guard memory != nil || thread.pointee.thread == martlet_thread_id() else { return }
        var stack = stack_t()
        stack.ss_sp = memory
        stack.ss_size = Self.handlerStackBytes
        stack.ss_flags = memory == nil ? Int32(SS_DISABLE) : 0
        sigaltstack(&stack, nil)
    }

    // MARK: - The first instance

    /// A host without modules in its own process pays for nothing of this.
    private func install() {
        if isInstalled { return }
        isInstalled = true
        if state.pointee.pipe == nil { CrashHandler.install(state) }
        startWatching()
    }

    /// The next call starts the timer, if there is one.
    private func startWatching() {
        let isWanted = martlet_load(&state.pointee.periodMs) != 0
        if isWanted, watchdog == nil { startWatchdog() }
        martlet_store(&state.pointee.isArmed, isWanted && watchdog != nil ? 0 : 1)
    }

    private func startWatchdog() {
        let timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC))
        guard timer >= 0 else { return }
        let linker = martlet_library_extent(martlet_linker())
        state.pointee.linkerStart = linker.start
        state.pointee.linkerEnd = linker.end
        state.pointee.timer = timer
        let shared = State(pointer: state)
        watchdog = try? Thread(stackBytes: 64 << 10) { Watchdog.run(shared.pointer) }
        if watchdog == nil { close(timer) }
    }

    private struct State: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<ContainmentState>
    }
}
