import JSON
import UV

/// The way to an instance on a thread of its own in the host's process: a pipe there and a pipe back.
final class ThreadChannel: InstanceChannel {
    /// The stack of a module's thread. What it does not use takes no memory.
    static let stackBytes = 256 << 10
    /// What the instance has said and the host has not taken: its thread waits while there is more.
    private static let unreadLimit = 1 << 20
    /// What the host handles of one instance before others have their turn.
    private static let turnBytes = 64 << 10

    let processID: Int32? = nil
    private let loop: Loop
    private let table: HostTable
    private let module: ContainedModule?
    private let stackBytes: Int
    private var instance: RemoteInstance?
    private var thread: Thread?
    private let toInstance = ThreadPipe(limit: 0)
    private let toHost = ThreadPipe(limit: unreadLimit)
    private let unread = ByteQueue()
    private var wakeup: Wakeup?
    private var isReading = false
    private var fault: Text?
    /// When it was asked to end, in milliseconds of monotonic time.
    private var stoppingSince: UInt64?

    init(loop: Loop, table: HostTable, module: ContainedModule? = nil, stackBytes: Int = stackBytes) {
        self.loop = loop
        self.table = table
        self.module = module
        self.stackBytes = stackBytes
    }

    func open(_ instance: RemoteInstance) throws(InstanceError) {
        var side: ThreadSide?
        do throws(UVError) {
            let wakeup = try Wakeup(loop) { [self] in if !isReading { read() } }
            self.wakeup = wakeup
            toHost.connect(wakeup)
            let made = try ThreadSide(table: table, module: module, toInstance: toInstance, toHost: toHost)
            side = made
            thread = try Thread(stackBytes: stackBytes) { made.run() }
        } catch {
            side?.close()
            wakeup?.close()
            wakeup = nil
            throw InstanceError("cannot start a thread: \(Text(error.message))")
        }
        self.instance = instance
    }

    var unsentBytes: Int { toInstance.unreadBytes }

    func send(_ bytes: UnsafeRawBufferPointer) {
        guard fault == nil, toInstance.write(bytes, waits: false) > ModuleProcess.unreadLimit else { return }
        fail("it does not take what the host says: more than \(ModuleProcess.unreadLimit >> 20) MiB wait for its thread")
    }

    /// The thread ends when the module returns; nothing can make it.
    func stop() {
        if stoppingSince == nil { stoppingSince = Loop.monotonicMs }
    }

    func kill() {}

    func fail(_ reason: Text) {
        guard fault == nil else { return }
        fault = reason
        let last = ByteQueue()
        HostFrame.stop.write(to: last)
        toInstance.write(last.bytes, waits: false)
        stop()
    }

    var hanging: Text? {
        guard let stoppingSince, thread != nil else { return nil }
        let waited = Loop.monotonicMs - stoppingSince
        return waited < StopTimer.graceMs ? nil : "its thread has not come back from the module for \(waited / 1000) s and cannot be ended"
    }

    /// A part of what has come, in each turn of the loop one.
    private func read() {
        var isFinished = false
        if unread.isEmpty { isFinished = toHost.take(unread) }
        isReading = !unread.isEmpty
        guard isReading else {
            if isFinished { ended() }
            return
        }
        let part = UnsafeRawBufferPointer(rebasing: unread.bytes.prefix(Self.turnBytes))
        instance?.received(part)
        unread.removeFirst(part.count)
        loop.soon { [self] in read() }
    }

    private func ended() {
        // It has nothing more to do but to return.
        thread?.join()
        thread = nil
        wakeup?.close()
        wakeup = nil
        let instance = self.instance
        self.instance = nil
        instance?.channelEnded(fault.map { .failed(reason: $0) } ?? .exited(code: 0))
    }
}
