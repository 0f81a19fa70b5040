import JSON
import Messages
import ModuleLinks
import UV

// What frames of both directions hold.
extension ByteQueue {
    /// nil: none.
    func error(_ error: HubError?) {
        guard let error else { return byte(0) }
        byte(error.kind.number)
        text(error.reason)
    }

    /// Up to the end of the frame.
    func outcome(_ outcome: MethodOutcome) {
        switch outcome {
        case .answered(let status, let payload):
            byte(0)
            longNumber(UInt64(bitPattern: Int64(status)))
            rest(payload)
        case .notFound(let reason):
            byte(1)
            rest(reason)
        case .timedOut(let reason):
            byte(2)
            rest(reason)
        case .invalid(let reason):
            byte(3)
            rest(reason)
        case .busy(let reason):
            byte(4)
            rest(reason)
        }
    }
}

extension ByteReader {
    /// JSON up to the end of the frame; nil: it is not.
    mutating func json() -> JSON? {
        try? JSON.parse(rest())
    }

    /// An error or, as `ByteQueue.error` wrote it, none; nil: it is not understood.
    mutating func error() -> HubError?? {
        guard let number = byte() else { return nil }
        if number == 0 { return .some(nil) }
        guard let kind = HubError.Kind(number: number), let reason = text() else { return nil }
        return HubError(kind, reason)
    }

    /// Up to the end of the frame; nil: it is not understood.
    mutating func outcome() -> MethodOutcome? {
        switch byte() {
        case 0:
            guard let status = longNumber(), let payload = json() else { return nil }
            return .answered(status: Int(truncatingIfNeeded: status), payload: payload)
        case 1: return .notFound(reason: Text(utf8: rest()))
        case 2: return .timedOut(reason: Text(utf8: rest()))
        case 3: return .invalid(reason: Text(utf8: rest()))
        case 4: return .busy(reason: Text(utf8: rest()))
        default: return nil
        }
    }
}

extension HubError.Kind {
    private static var all: [HubError.Kind] { [.invalid, .tooLarge, .full, .storage, .notFound, .conflict] }

    /// From 1.
    fileprivate var number: UInt8 { UInt8((Self.all.firstIndex(of: self) ?? 0) + 1) }

    fileprivate init?(number: UInt8) {
        guard number > 0, number <= Self.all.count else { return nil }
        self = Self.all[Int(number) - 1]
    }
}
