import CMartlet

/// Something that the host calls again and again until it is stopped: what a timer and a watch are made of. Its address is the C
/// context, so it stops before it goes.
final class Registration {
    enum Kind {
        case timer
        case watch
    }

    private let host: Host
    private let kind: Kind
    private var number: UInt64 = 0
    private var fire: ((Int32) -> Void)?
    /// Its place in the host's list.
    var index = 0

    /// - Parameter begin: asks the host; 0 is a refusal.
    init(
        _ host: Host, _ kind: Kind, refusal: HostError, _ fire: @escaping (Int32) -> Void,
        _ begin: (UnsafeMutableRawPointer) -> UInt64
    ) throws(HostError) {
        self.host = host
        self.kind = kind
        self.fire = fire
        guard host.isOpen else { throw .failed }
        number = begin(Unmanaged.passUnretained(self).toOpaque())
        guard number != 0 else { throw refusal }
        host.add(self)
    }

    deinit {
        stop()
    }

    /// It is never called again, and what it held is let go.
    func stop() {
        end(tellsHost: true)
    }

    private func end(tellsHost: Bool) {
        // What is let go may come back here: not before all is in order.
        let held = fire
        fire = nil
        if number != 0 {
            host.remove(self)
            if tellsHost {
                switch kind {
                case .timer: _ = host.api.pointee.timer_stop?(host.instance, number)
                case .watch: _ = host.api.pointee.watch_stop?(host.instance, number)
                }
            }
            number = 0
        }
        withExtendedLifetime(held) {}
    }

    /// - Parameter isLast: the host has ended it already, or calls once only.
    static func fired(_ context: UnsafeMutableRawPointer?, _ value: Int32, isLast: Bool) {
        guard let context else { return }
        let registration = Unmanaged<Registration>.fromOpaque(context).takeUnretainedValue()
        let fire = registration.fire
        if isLast { registration.end(tellsHost: false) }
        fire?(value)
    }
}
