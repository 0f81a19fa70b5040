import CMartlet

/// A watched file descriptor. It is not watched any more when this is dropped: keep it in a property of the module.
public final class Watch {
    private let registration: Registration

    private init(_ registration: Registration) {
        self.registration = registration
    }

    static func start(
        _ host: Host, _ fileDescriptor: Int32, _ events: FileEvents, _ ready: @escaping (FileEvents) -> Void
    ) throws(HostError) -> Watch {
        let registration = try Registration(host, .watch, refusal: .argument, { ready(FileEvents(rawValue: $0)) }) { context in
            let fire: martlet_watch_fire = { Registration.fired($0, $1, isLast: $1 == Int32(MARTLET_BROKEN)) }
            return host.api.pointee.watch_start?(host.instance, fileDescriptor, events.rawValue, fire, context) ?? 0
        }
        return Watch(registration)
    }

    deinit {
        stop()
    }

    /// It is never called again, and what it held is let go. Before the descriptor is closed.
    public func stop() {
        registration.stop()
    }
}
