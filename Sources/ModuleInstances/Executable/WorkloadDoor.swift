import JSON

/// The workload socket of one instance: opened before its process starts, closed when it is over.
final class WorkloadDoor {
    private unowned(unsafe) let host: any WorkloadHost
    private let path: String
    private let generationID: Text
    /// An instance of protocol `edge` can do nothing without it; others may never use it.
    private let isNeeded: Bool
    private var socket: (any WorkloadSocket)?

    /// - Parameter host: outlives this.
    init(host: any WorkloadHost, path: String, generationID: Text, isNeeded: Bool) {
        self.host = host
        self.path = path
        self.generationID = generationID
        self.isNeeded = isNeeded
    }

    deinit {
        close()
    }

    /// - Returns: why there is none, for the log of a module that can do without.
    /// - Throws: why a module that needs it cannot be started.
    func open(_ module: Text, _ processID: @escaping () -> Int32?) throws(InstanceError) -> Text? {
        do throws(InstanceError) {
            socket = try host.open(path: path, module: module, generationID: generationID, processID: processID)
            return nil
        } catch {
            if isNeeded { throw error }
            return "there is no workload socket: \(error.reason)"
        }
    }

    /// Idempotent.
    func close() {
        socket?.close()
        socket = nil
    }
}
