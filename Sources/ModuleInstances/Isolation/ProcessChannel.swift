import JSON
import UV

/// The way to an instance in a process of its own: the pipes of its standard input and output.
final class ProcessChannel: InstanceChannel {
    private let process: ModuleProcess
    private var instance: RemoteInstance?

    init(_ process: ModuleProcess) {
        self.process = process
    }

    var processID: Int32? { process.pid }
    let hanging: Text? = nil

    func open(_ instance: RemoteInstance) throws(InstanceError) {
        try process.start(self)
        self.instance = instance
    }

    func send(_ bytes: UnsafeRawBufferPointer) { process.write(bytes) }
    func stop() { process.stop(graceMs: StopTimer.graceMs) }
    func kill() { process.kill() }
    func fail(_ reason: Text) { process.fail(reason) }
}

extension ProcessChannel: ModuleProcessOwner {
    func processWrote(_ bytes: UnsafeRawBufferPointer) { instance?.received(bytes) }

    /// What was not a whole frame is not understood any more.
    func processFinishedWriting() {}

    /// A window limits the messages that are on the way; see `RemoteInstance`.
    func processTookAll() {}

    func processEnded(_ end: InstanceEnd) {
        let instance = self.instance
        self.instance = nil
        instance?.channelEnded(end)
    }
}
