import JSON
import Messages
import ModuleInstances
import ModuleLinks
import ModuleTwins

/// The other side of an instance in tests: keeps what it says to the hub and to its supervisor.
final class Recorder: HubPort, InstanceObserver {
    let deviceID: Text = "d"
    let moduleName: Text = "m"
    var isReady = false
    var log: [Text] = []
    var blocked: [BlockedCall] = []
    var end: InstanceEnd?
    var sent: [Message] = []
    var reported: [JSONObject] = []
    var twinNow: JSONObject = ["desired": ["$version": 1], "reported": ["$version": 1]]
    var takesMoreCount = 0
    /// What `took` was called with.
    var receipts: [UInt64] = []
    /// What sends and reports are answered with.
    var refusal: HubError?
    /// How calls of other modules end.
    var outcome: MethodOutcome = .notFound(reason: "no such module")
    /// Whether the twin changes with what is reported.
    var mirrors = false
    /// The completions that the hub would call in the loop's next turn.
    private var later: [() -> Void] = []

    func runLater() {
        let now = later
        later = []
        for body in now { body() }
    }

    func send(_ message: Message, done: ((HubError?) -> Void)?) {
        sent.append(message)
        later.append { [self] in done?(refusal) }
    }

    func report(_ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?) {
        reported.append(patch)
        let version = UInt64(reported.count + 1)
        if mirrors {
            var section = (twinNow["reported"]?.object ?? [:]).merged(with: patch)
            section["$version"] = nil
            section["$version"] = .integer(Int64(version))
            twinNow["reported"] = .object(section)
        }
        later.append { [self] in done?(refusal.map { .failure($0) } ?? .success(version)) }
    }

    func twin() -> JSONObject { twinNow }

    func invoke(module: Text, method: Text, payload: JSON, timeoutMs: UInt64, done: @escaping (MethodOutcome) -> Void) {
        later.append { [self] in done(outcome) }
    }

    func takesMore() { takesMoreCount += 1 }

    func took(_ receipt: UInt64) { receipts.append(receipt) }

    func instanceIsReady() { isReady = true }
    func instanceLogged(level: Int32, line: Text) { log.append(line) }
    func instanceBlocked(_ call: BlockedCall) { blocked.append(call) }
    func instanceEnded(_ end: InstanceEnd) { self.end = end }
}

extension ModuleLink {
    /// A delivery for which nobody waits.
    func deliver(_ message: Message, input: Text) -> Bool {
        deliver(Delivery(message, input: input, enqueuedMs: 1_000_000_000_123))
    }
}
