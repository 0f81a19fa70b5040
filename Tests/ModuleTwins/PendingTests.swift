import JSON
import ModuleIdentities
import ModuleTwins
import Testing

/// What a module reported arrives in the cloud, however its patches are grouped on the way.
@Suite struct PendingTests {
    private var twin = Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generation: 1, nowMs: 1)
    /// A model of IoT Hub's side.
    private var cloud = JSONObject()
    private var known = CloudReported(version: 1, held: JSONObject())

    private var pending: JSONObject {
        known.pending(reported: twin.reported.properties, again: twin.reported.tree.changed(after: known.version))
    }

    /// Everything that is owed is sent in one patch, and taken.
    private mutating func send() {
        let patch = pending
        cloud = cloud.merged(with: patch)
        known.took(patch, version: twin.reported.version)
    }

    @Test mutating func `an object that was deleted and made anew leaves nothing of the old one in the cloud`() throws {
        _ = try twin.report(["a": ["y": 1]], nowMs: 1)
        send()
        #expect(cloud == ["a": ["y": 1]])
        _ = try twin.report(["a": nil], nowMs: 2)
        _ = try twin.report(["a": ["x": 1]], nowMs: 3)
        // Merged patches with nulls kept would say {"a": {"x": 1}}, and y would stay.
        #expect(pending == ["a": ["x": 1, "y": nil]])
        send()
        #expect(cloud == ["a": ["x": 1]])
    }

    @Test mutating func `what is reported again is sent again, with what it is in and nothing beside it`() throws {
        _ = try twin.report(["a": ["x": 1, "y": 2], "b": 3], nowMs: 1)
        send()
        #expect(pending == [:])
        _ = try twin.report(["a": ["x": 1]], nowMs: 2)
        #expect(pending == ["a": ["x": 1]])
        send()
        #expect(pending == [:])
    }

    @Test mutating func `nulls inside what is new are owed to nobody`() throws {
        _ = try twin.report(["new": ["x": nil, "y": 1]], nowMs: 1)
        #expect(twin.reported.properties == ["new": ["x": nil, "y": 1]])
        #expect(pending == ["new": ["y": 1]])
        send()
        #expect(pending == [:])
    }

    @Test(arguments: 1...500 as ClosedRange<UInt64>)
    mutating func `however patches are grouped, the cloud has in the end what was reported`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for step in 1...20 as ClosedRange<Int64> {
            _ = try twin.report(random.object(depth: 3, nulls: true), nowMs: step)
            guard random.number(below: 3) == 0 else { continue }
            switch random.number(below: 4) {
            case 0:
                // It is sent and taken, and the answer is lost: what the cloud holds is not known until its document is read.
                cloud = cloud.merged(with: pending)
                known.holds(cloud, version: known.version)
            case 1:
                // The document was read for nothing.
                known.holds(cloud, version: known.version)
            default:
                send()
                #expect(cloud.withoutNulls == twin.reported.properties.withoutNulls)
                #expect(pending == [:])
            }
        }
        send()
        #expect(cloud.withoutNulls == twin.reported.properties.withoutNulls)
        #expect(pending == [:])
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `merging is associative where nothing that was deleted comes again`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let document = random.object(depth: 3, nulls: false)
        let (first, second) = (random.object(depth: 3, nulls: false), random.object(depth: 3, nulls: false))
        let grouped = document.merged(with: first.merged(with: second))
        let inSequence = document.merged(with: first).merged(with: second)
        // A value over an object, then an object: only in sequence the old one is gone.
        if !replacesAnObject(document, first) && !replacesAnObject(document, second) { #expect(grouped == inSequence) }
    }

    private func replacesAnObject(_ document: JSONObject, _ patch: JSONObject) -> Bool {
        patch.contains { member in
            guard case .object(let old)? = document[member.key] else { return false }
            guard case .object(let new) = member.value else { return true }
            return replacesAnObject(old, new)
        }
    }
}
