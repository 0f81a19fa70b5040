import CMartlet

/// What other threads may do: have something done on the module's thread, and write to its log.
///
/// ```swift
/// let me = host.poster(self)
/// worker = try Worker {
///     while let value = measure(), (try? me.post { module in module.take(value) }) != nil {}
/// }
/// ```
public struct Poster<Instance: Module>: @unchecked Sendable {
    private let api: HostTable
    private let instance: OpaquePointer
    /// Only touched in what the host calls, which is before the instance ends.
    private let module: Unmanaged<Instance>

    init(_ api: HostTable, _ instance: OpaquePointer, _ module: Instance) {
        self.api = api
        self.instance = instance
        self.module = .passUnretained(module)
    }

    /// Calls `body` once on the module's thread, soon; what one thread posts, in its order. What was taken is called for certain, at
    /// the latest right before ``Module/stop()``.
    /// - Throws: ``HostError/full`` while 4096 wait; ``HostError/failed`` when the instance ends: then end the thread.
    public func post(_ body: @escaping @Sendable (Instance) -> Void) throws(HostError) {
        let module = self.module
        try Posted.post(api, instance) { body(module.takeUnretainedValue()) }
    }

    /// Writes a line to the log of the instance.
    public func log(_ level: LogLevel, _ text: String) {
        text.withCString { api.pointee.log?(instance, level.rawValue, $0) }
    }
}

/// Something on its way to the module's thread. Its address is the C context.
private final class Posted {
    private let body: () -> Void

    private init(_ body: @escaping () -> Void) {
        self.body = body
    }

    static func post(_ api: HostTable, _ instance: OpaquePointer, _ body: @escaping () -> Void) throws(HostError) {
        guard let post = api.pointee.post else { throw .failed }
        let posted = Unmanaged.passRetained(Posted(body))
        let result = post(
            instance,
            { context in
                guard let context else { return }
                Unmanaged<Posted>.fromOpaque(context).takeRetainedValue().body()
            }, posted.toOpaque())
        guard let failure = HostError(failure: result) else { return }
        posted.release()
        throw failure
    }
}
