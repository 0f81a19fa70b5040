import CMartlet

/// The host as one instance sees it. Use it on the thread on which the module is called; once the instance has ended everything
/// is refused with ``HostError/failed``.
public final class Host {
    let api: HostTable
    let instance: OpaquePointer
    private(set) var isOpen = true
    private var pending: [Pending] = []
    /// Timers and watches. Unretained: one takes itself out when it goes.
    private var registrations: [Unmanaged<Registration>] = []

    init(_ api: HostTable, _ instance: OpaquePointer) {
        self.api = api
        self.instance = instance
    }

    /// Whether the table holds every function of version 1 as it was first published.
    static func holdsEverything(_ api: HostTable) -> Bool {
        Int(api.pointee.size) >= MemoryLayout<martlet_host_api>.size
    }

    /// Writes a line to the log of this instance.
    public func log(_ level: LogLevel, _ text: String) {
        guard isOpen else { return }
        text.withCString { api.pointee.log?(instance, level.rawValue, $0) }
    }

    /// The text of a result code.
    public func text(of error: HostError) -> String {
        guard isOpen, let text = api.pointee.error_text?(error.code) else { return "error \(error.code)" }
        return String(cString: text)
    }

    /// Says that start-up is complete; only for a module whose table says `readyLater`.
    public func ready() {
        guard isOpen else { return }
        api.pointee.ready?(instance)
    }

    /// Nothing of the instance is called any more, and what closures held is let go.
    func close() {
        isOpen = false
        while let last = registrations.last { last.takeUnretainedValue().stop() }
        let held = pending
        pending = []
        withExtendedLifetime(held) {}
    }

    // MARK: outcomes that come later

    func remember(_ completion: Pending.Completion) -> Pending {
        let item = Pending(self, completion)
        item.index = pending.count
        pending.append(item)
        return item
    }

    func forget(_ item: Pending) {
        guard item.index < pending.count, pending[item.index] === item else { return }
        let last = pending.removeLast()
        guard last !== item else { return }
        last.index = item.index
        pending[item.index] = last
    }

    // MARK: timers and watches

    func add(_ registration: Registration) {
        registration.index = registrations.count
        registrations.append(Unmanaged.passUnretained(registration))
    }

    /// Also while it is being released.
    func remove(_ registration: Registration) {
        let last = registrations.removeLast()
        last._withUnsafeGuaranteedRef { last in
            guard last !== registration else { return }
            last.index = registration.index
            registrations[registration.index] = Unmanaged.passUnretained(last)
        }
    }
}
