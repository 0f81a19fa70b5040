import JSON
import ModuleIdentities
import ModuleTwins
import TwinModels

/// A twin and what slow models say of it.
struct FuzzedTwin {
    enum Way {
        case report, patchDesired, replaceDesired

        /// - Parameter mark: the first byte of a line.
        init(_ mark: UInt8) {
            switch mark {
            case UInt8(ascii: "+"): self = .patchDesired
            case UInt8(ascii: "="): self = .replaceDesired
            default: self = .report
            }
        }
    }

    private var twin = Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generation: 1, nowMs: 0)
    private var desired = StampModel()
    private var reported = StampModel()

    /// - Returns: what is not as it must be; nil: nothing.
    mutating func apply(_ patch: JSONObject, _ way: Way) -> String? {
        // A lock has its own rules.
        if way != .report && (patch["$version"] != nil || patch["$metadata"] != nil) { return nil }
        let before = twin
        let section = way == .report ? twin.reported : twin.desired
        let stamp = TwinStamp(ms: Int64(twin.revision) * 1000, version: section.version + 1)
        var model = way == .report ? reported : way == .patchDesired ? desired : StampModel()
        model.merge(patch, stamp)
        let isTakeable =
            RuleModel.allows(patch) && model.size <= TwinLimits.sectionBytes
            && (way != .report || JSON.object(patch).text.utf8.count <= TwinLimits.patchBytes)
        do throws(TwinError) {
            if way == .report {
                _ = try twin.report(patch, nowMs: stamp.ms)
            } else {
                _ = try twin.update(desired: patch, replaces: way == .replaceDesired, nowMs: stamp.ms)
            }
            guard isTakeable else { return "taken, and not allowed: \(JSON.object(patch).text)" }
        } catch {
            if isTakeable { return "\(JSON.object(patch).text) is allowed, and refused: \(error.reason)" }
            return twin == before ? nil : "changed, and refused: \(error.reason)"
        }
        if way == .report { reported = model } else { desired = model }
        let tree = way == .report ? twin.reported.tree : twin.desired.tree
        return model.fault(of: tree, since: stamp.version / 2).map { "\($0): \(JSON.object(tree.properties).text)" }
    }
}
