/// The state folder of one host, on a disk that fails as it is told: see `FaultShimSource`. It is there for hosts that start after it.
final class FaultyDisk {
    /// What can fail, in the order of the shim. Making a folder counts as opening.
    enum Call: Int32, CaseIterable {
        case write, sync, open, rename
    }

    private struct Plan {
        var kind: Int32 = -1
        var first: Int32 = 0
        var last: Int32 = 0
        var error: Int32 = 0
        var seen: Int32 = 0
        var failed: Int32 = 0
    }

    private let plan: SharedValue<Plan>

    init(_ host: Host) throws {
        let file = host.folder.path("faults")
        plan = try SharedValue(file, Plan())
        host.environment["LD_PRELOAD"] = try Images.faultShim
        host.environment["MARTLET_FAULT_PLAN"] = file
        host.environment["MARTLET_FAULT_FOLDER"] = host.folder.path("state")
    }

    /// From now on the `number`-th such call fails.
    /// - Parameter lasting: so do all after it.
    func fail(_ call: Call, _ number: Int, _ error: Int32, lasting: Bool) {
        plan.value = Plan(
            kind: call.rawValue, first: Int32(number), last: lasting ? .max : Int32(number), error: error)
    }

    /// - Returns: whether a call failed since `fail`.
    @discardableResult
    func disarm() -> Bool {
        defer { plan.value = Plan() }
        return plan.value.failed > 0
    }

    var hasFailed: Bool { plan.value.failed > 0 }
}
