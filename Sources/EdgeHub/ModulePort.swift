import JSON
import Messages
import ModuleLinks
import ModuleTwins
import UV

/// The hub as one running instance sees it. Dead once the instance is detached: calls answer with an error, and what was still to
/// come for it is dropped.
final class ModulePort: HubPort {
    var deviceID: Text { hub.deviceID }
    let moduleName: Text
    /// Of the identity under which everything is done here.
    let slot: TwinSlot
    private let hub: EdgeHub
    /// Of the module.
    let traffic: ModuleTraffic
    /// Of the module; set while the port lives.
    private var consumer: Consumer?
    private(set) var isDead = false
    private let loop: Loop
    /// Destinations of the outputs that were used, and of which set of routes they are. Outputs are few; it is searched in order.
    private var known: [(output: Text, destinations: Destinations)] = []
    private var generation: UInt64 = 0
    private static let knownOutputs = 16
    /// A message of it was refused without anyone waiting for the answer, and that was logged.
    var hasWarned = false

    init(_ slot: TwinSlot, consumer: Consumer, hub: EdgeHub) {
        traffic = consumer.traffic
        self.consumer = consumer
        moduleName = slot.name
        self.slot = slot
        self.hub = hub
        loop = hub.loop
    }

    func kill() {
        isDead = true
        consumer = nil
        known = []
    }

    func send(_ message: consuming Message, done: ((HubError?) -> Void)?) {
        if isDead {
            return refuse { [self] in done?(gone) }
        }
        let destinations = destinations(of: message.output, hub)
        // Who sent it is what the host knows, not what the message says.
        if message.module == moduleName {
            hub.send(message, to: destinations, port: self, done: alive(done))
        } else {
            hub.send(Message(message, from: moduleName), to: destinations, port: self, done: alive(done))
        }
    }

    func report(_ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?) {
        if isDead {
            return refuse { [self] in done?(.failure(gone)) }
        }
        slot.noteActivity(hub.time.wallMs)
        slot.tally.reports += 1
        hub.report(slot, patch, done: alive(done))
    }

    func twin() -> JSONObject {
        if isDead { return JSONObject() }
        slot.tally.twinReads += 1
        return slot.committed.deviceView
    }

    func invoke(module: Text, method: Text, payload: JSON, timeoutMs: UInt64, done: @escaping (MethodOutcome) -> Void) {
        if isDead {
            return refuse { [self] in done(.notFound(reason: gone.reason)) }
        }
        hub.invoke(module: module, method: method, payload: payload, timeoutMs: timeoutMs, from: moduleName) { [self] outcome in
            if !isDead { done(outcome) }
        }
    }

    func takesMore() {
        if !isDead { hub.takesMore(moduleName) }
    }

    func took(_ receipt: UInt64) {
        if !isDead, let consumer { hub.took(receipt, consumer) }
    }

    func readinessChanged() {
        if !isDead, let consumer { hub.readinessChanged(consumer) }
    }

    private var gone: HubError {
        HubError(.notFound, "this instance of \(hub.shown(moduleName)) has ended: nothing more is done in its name")
    }

    /// Later, as all completions.
    private func refuse(_ body: @escaping () -> Void) { loop.soon(body) }

    /// Completions for an instance that has ended are dropped.
    private func alive<Value>(_ done: ((Value) -> Void)?) -> ((Value) -> Void)? {
        guard let done else { return nil }
        return { [self] value in
            if !isDead { done(value) }
        }
    }

    private func destinations(of output: Text, _ hub: EdgeHub) -> Destinations {
        if generation != hub.generation {
            known = []
            generation = hub.generation
        }
        for index in 0..<known.count where known[index].output == output { return known[index].destinations }
        let destinations = hub.destinations(of: Source(module: moduleName, output: output))
        if known.count == ModulePort.knownOutputs { known.removeFirst() }
        known.append((output: output, destinations: destinations))
        return destinations
    }
}
