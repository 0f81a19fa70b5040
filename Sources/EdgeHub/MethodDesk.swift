import JSON
import ModuleLinks

/// The direct method calls that are under way. A value: it knows what is due, a driver has the clock.
struct MethodDesk {
    enum Stage: Equatable {
        /// The module is not there; its caller waits for it.
        case waiting
        /// The module has it.
        case called
    }

    struct Entry {
        let id: UInt64
        let module: Text
        let call: MethodCall
        var stage: Stage
        /// Milliseconds that the module has for the answer.
        let timeoutMs: UInt64
        /// Milliseconds of monotonic time at which this stage ends.
        var deadline: UInt64
    }

    private var entries: [Entry] = []
    private var lastID: UInt64 = 0

    var isFull: Bool { entries.count >= HubLimits.methodCalls }
    var isEmpty: Bool { entries.isEmpty }

    /// nil: nothing is due ever.
    var nextDeadline: UInt64? { entries.map { $0.deadline }.min() }

    /// The number that the next entry will have.
    var nextID: UInt64 { lastID + 1 }

    mutating func add(_ call: MethodCall, to module: Text, stage: Stage, timeoutMs: UInt64, deadline: UInt64) {
        lastID += 1
        entries.append(Entry(id: lastID, module: module, call: call, stage: stage, timeoutMs: timeoutMs, deadline: deadline))
    }

    /// It was answered, or given up.
    mutating func remove(_ id: UInt64) {
        entries.removeAll { $0.id == id }
    }

    /// Those whose time is over, which are then no longer here.
    mutating func expire(_ now: UInt64) -> [Entry] {
        take { $0.deadline <= now }
    }

    /// The module has come: those that waited for it are called now.
    mutating func begin(_ module: Text, now: UInt64) -> [Entry] {
        var begun: [Entry] = []
        for index in entries.indices where entries[index].module == module && entries[index].stage == .waiting {
            entries[index].stage = .called
            entries[index].deadline = now &+ entries[index].timeoutMs
            begun.append(entries[index])
        }
        return begun
    }

    /// The instance is gone: nobody will answer what it was called with.
    mutating func abandon(_ module: Text) -> [Entry] {
        take { $0.module == module && $0.stage == .called }
    }

    /// Everything, at the end.
    mutating func abandonAll() -> [Entry] {
        take { _ in true }
    }

    private mutating func take(_ isTaken: (Entry) -> Bool) -> [Entry] {
        let taken = entries.filter(isTaken)
        entries.removeAll(where: isTaken)
        return taken
    }
}
