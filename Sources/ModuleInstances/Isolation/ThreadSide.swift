import UV

/// The module's side of a `ThreadChannel`. Made on the host's thread, so that what can fail fails there; then it is the new thread's
/// alone.
final class ThreadSide: @unchecked Sendable {
    private let loop: Loop
    private let table: HostTable
    private let module: ContainedModule?
    private let toInstance: ThreadPipe
    private let toHost: ThreadPipe
    private var wakeup: Wakeup?
    private var runner: InstanceRunner?
    private let unread = ByteQueue()

    init(table: HostTable, module: ContainedModule?, toInstance: ThreadPipe, toHost: ThreadPipe) throws(UVError) {
        loop = try Loop()
        self.table = table
        self.module = module
        self.toInstance = toInstance
        self.toHost = toHost
        do throws(UVError) {
            let wakeup = try Wakeup(loop) { [self] in read() }
            toInstance.connect(wakeup)
            self.wakeup = wakeup
        } catch {
            loop.close()
            throw error
        }
    }

    /// The life of the thread.
    func run() {
        let toHost = self.toHost
        runner = InstanceRunner(loop: loop, table: table, marks: { [self] _, _ in module?.calls(loop) }) { toHost.write($0, waits: true) }
        loop.run()
        runner = nil
        wakeup?.close()
        wakeup = nil
        toInstance.close()
        loop.close()
        toHost.finish()
    }

    /// Instead of `run`: there is no thread.
    func close() {
        wakeup?.close()
        wakeup = nil
        loop.close()
    }

    /// Everything that is there: a stop may be behind many messages.
    private func read() {
        _ = toInstance.take(unread)
        runner?.received(unread.bytes)
        unread.removeAll()
    }
}
