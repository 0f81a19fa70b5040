import JSON
import UV

/// The way to an instance in a process of its own: the pipes of its standard input and output.
final class ProcessChannel: InstanceChannel {
    /// From the end of what it says to SIGTERM.
    private static let endMs: UInt64 = 1000

    private let process: ModuleProcess
    private var instance: RemoteInstance?

    init(_ process: ModuleProcess) {
        self.process = process
    }

    var processID: Int32? { process.pid }
    var unsentBytes: Int { process.unsentBytes }
    let hanging: Text? = nil

    func open(_ instance: RemoteInstance) throws(InstanceError) {
        try process.start(self, input: .pipe)
        self.instance = instance
    }

    func send(_ bytes: UnsafeRawBufferPointer) { process.write(bytes) }
    func stop() { process.stop(graceMs: StopTimer.graceMs) }
    func kill() { process.kill() }
    func fail(_ reason: Text) { process.fail(reason) }
}

extension ProcessChannel: ModuleProcessOwner {
    func processWrote(_ bytes: UnsafeRawBufferPointer) { instance?.received(bytes) }

    /// It ends right behind this, unless it closed what was not its own: then nothing more would ever come of it.
    func processFinishedWriting() { process.stop(graceMs: Self.endMs) }

    /// A window limits the messages that are on the way; see `RemoteInstance`.
    func processTookAll() {}

    func processEnded(_ end: InstanceEnd) {
        let instance = self.instance
        self.instance = nil
        instance?.channelEnded(end)
    }
}
