public import JSON

/// Opens the workload socket of one start of an executable. All calls on the loop's thread.
public protocol WorkloadHost: AnyObject {
    /// Opens it. Whoever connects must be of the process, or of its group or session.
    /// - Parameters:
    ///   - path: absolute; a socket that is left there is replaced.
    ///   - processID: of the instance, which leads its group and session; nil before the start and after the end.
    func open(
        path: String, module: Text, generationID: Text, processID: @escaping () -> Int32?
    ) throws(InstanceError) -> any WorkloadSocket
}

/// One open workload socket.
public protocol WorkloadSocket: AnyObject {
    /// Closes it and its connections, and removes its file. Idempotent.
    func close()
}
