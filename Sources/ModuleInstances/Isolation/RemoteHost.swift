import JSON
import Messages
import ModuleLinks
import ModuleTwins
import UV

/// The host as an instance on another loop sees it: the hub's port and the observer, over frames.
final class RemoteHost {
    let deviceID: Text
    let moduleName: Text
    private let loop: Loop
    private let mark: CallMark?
    private let send: (UnsafeRawBufferPointer) -> Void
    private let outgoing = ByteQueue()
    /// So much is sent at once; the rest at the end of the turn.
    private static let batchBytes = 64 << 10
    /// Of the names of a module and its method: far more than any has, and less than a frame.
    private static let nameBytes = 2048
    /// The twin as the host has it, as far as the host has said.
    private var twinNow: JSONObject
    private var waiting: [UInt64: Waiting] = [:]
    private var lastID: UInt64 = 0
    /// The host waits to hear that a message was handled.
    var isHandledAwaited = false

    /// What waits for an answer of the host.
    private enum Waiting {
        case send((HubError?) -> Void)
        case report(JSONObject, ((Result<UInt64, HubError>) -> Void)?)
        case invoke((MethodOutcome) -> Void)
    }

    /// - Parameters:
    ///   - mark: of the calls into the module; nil: nobody asks for them.
    ///   - send: gives frames to the host; waits while the host has much to read.
    init(
        loop: Loop, deviceID: Text, moduleName: Text, twin: JSONObject, mark: CallMark?, send: @escaping (UnsafeRawBufferPointer) -> Void
    ) {
        self.loop = loop
        self.deviceID = deviceID
        self.moduleName = moduleName
        self.mark = mark
        self.send = send
        twinNow = twin
    }

    // MARK: - To the host

    /// Sends with all else of this turn.
    func write(_ frame: InstanceFrame) {
        if outgoing.isEmpty { loop.atEndOfTurn { [self] in flush() } }
        frame.write(to: outgoing)
        if outgoing.count >= Self.batchBytes { flush() }
    }

    /// Sends what has gathered.
    func flush() {
        if outgoing.isEmpty { return }
        mark.outside { send(outgoing.bytes) }
        outgoing.removeAll()
    }

    private func wait(_ what: Waiting) -> UInt64 {
        lastID += 1
        waiting[lastID] = what
        return lastID
    }

    /// What the host would not read.
    private static func isTooLarge(_ json: JSON) -> Bool {
        json.bytes().count > FrameSplitter.limit - 4096
    }

    // MARK: - From the host

    func wasSent(_ id: UInt64, _ error: HubError?) {
        if case .send(let done) = waiting.removeValue(forKey: id) { done(error) }
    }

    func wasReported(_ id: UInt64, _ result: Result<UInt64, HubError>) {
        guard case .report(let patch, let done) = waiting.removeValue(forKey: id) else { return }
        if case .success(let version) = result { merge(patch, version, into: "reported") }
        done?(result)
    }

    func wasInvoked(_ id: UInt64, _ outcome: MethodOutcome) {
        if case .invoke(let done) = waiting.removeValue(forKey: id) { done(outcome) }
    }

    /// Desired properties have changed.
    func desired(_ patch: JSONObject, version: UInt64) {
        merge(patch, version, into: "desired")
    }

    private func merge(_ patch: JSONObject, _ version: UInt64, into section: Text) {
        var merged = (twinNow[section]?.object ?? JSONObject()).merged(with: patch)
        merged["$version"] = nil
        merged["$version"] = .integer(Int64(clamping: version))
        twinNow[section] = .object(merged)
    }
}

extension RemoteHost: HubPort {
    func send(_ message: Message, done: ((HubError?) -> Void)?) {
        write(.send(id: done.map { wait(.send($0)) } ?? 0, message))
    }

    func report(_ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?) {
        guard !Self.isTooLarge(.object(patch)) else {
            return loop.soon { done?(.failure(HubError(.tooLarge, "the patch is larger than a twin may be"))) }
        }
        // The twin here changes when the host says so, whether or not the module waits for it.
        write(.report(id: wait(.report(patch, done)), patch))
    }

    func twin() -> JSONObject { twinNow }

    func invoke(module: Text, method: Text, payload: JSON, timeoutMs: UInt64, done: @escaping (MethodOutcome) -> Void) {
        guard module.utf8.count + method.utf8.count <= Self.nameBytes else {
            return loop.soon { done(.invalid(reason: "the names of module and method have more than \(Self.nameBytes) bytes")) }
        }
        guard !Self.isTooLarge(payload) else {
            return loop.soon { done(.invalid(reason: "the payload of \(method) is larger than that of a method may be")) }
        }
        write(.invoke(id: wait(.invoke(done)), module: module, method: method, payload: payload, timeoutMs: timeoutMs))
    }

    /// An instance here takes one message after the other.
    func takesMore() {}

    /// The host learns it by the bytes that are given back; see `RemoteInstance`.
    func took(_ receipt: UInt64) { isHandledAwaited = true }
}

extension RemoteHost: InstanceObserver {
    func instanceIsReady() { write(.ready) }

    /// Sent at once: it may be the last that comes.
    func instanceLogged(level: Int32, line: Text) {
        write(.log(level: level, line))
        flush()
    }

    /// The watchdog says so itself: the thread of the loop cannot.
    func instanceBlocked(_ call: BlockedCall) {}

    /// Who runs it says so; see `InstanceRunner`.
    func instanceEnded(_ end: InstanceEnd) {}

    /// The answer to a direct method call.
    func answer(_ call: UInt64, _ outcome: MethodOutcome) {
        if case .answered(_, let payload) = outcome, Self.isTooLarge(payload) {
            return write(.answer(call: call, .answered(status: 500, payload: ["message": "the answer is too large"])))
        }
        write(.answer(call: call, outcome))
    }
}
