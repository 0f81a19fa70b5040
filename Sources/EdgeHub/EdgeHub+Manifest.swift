public import JSON
public import ModuleLinks
import ModuleTwins

extension EdgeHub {
    /// What the manifest says the desired properties shall be; a module that `retain` named and that has no section counts as `{}`. Applied
    /// where it differs from what the manifest said before, so that patches made meanwhile stay; a key that is gone arrives as null, and of
    /// an object that is gone, what others have put in stays.
    /// Nothing is written where nothing differs. What is refused is tried again the next time; what the disk did not take, also once it takes
    /// something again.
    /// - Parameter done: called once all of it is on disk, with what was refused or could not be stored.
    public func applyManifest(
        _ sections: [(module: Text, properties: JSONObject)], done: @escaping ([(module: Text, error: HubError)]) -> Void
    ) {
        var named: [Text: Bool] = [:]
        var all: [(module: Text, properties: JSONObject)] = []
        for section in sections {
            named[section.module] = true
            all.append(section)
        }
        for consumer in consumers.values where consumer.isDeployed && named[consumer.module] == nil {
            all.append((module: consumer.module, properties: JSONObject()))
        }
        unapplied = []
        manifestNumber += 1
        apply(all, ManifestTally(manifestNumber, done))
    }

    /// The disk takes what is written again: what it did not take of the manifest goes there now.
    func applyUnapplied() {
        let sections = unapplied
        guard !sections.isEmpty else { return }
        unapplied = []
        apply(
            sections,
            ManifestTally(manifestNumber) { [self] errors in
                for (module, error) in errors { log(.error, "desired properties of \(module): \(error.reason)") }
            })
    }

    private func apply(_ sections: [(module: Text, properties: JSONObject)], _ tally: ManifestTally) {
        let asked = sections.map { section in
            let slot = ensureSlot(section.module)
            // Its module came back into the manifest while an operator deletes it.
            return (id: slot.isLeaving ? successor(of: slot).id : slot.id, properties: section.properties)
        }
        manifestReads += 1
        store.ask({ $0.manifestsBefore(asked) }) { [self] result in
            manifestReads -= 1
            apply(sections, asked.map { $0.id }, result, tally)
            turnSoon()
        }
    }

    private func apply(
        _ sections: [(module: Text, properties: JSONObject)], _ asked: [Int64], _ before: Result<[JSONObject?], HubError>,
        _ tally: ManifestTally
    ) {
        var others: [(module: Text, properties: JSONObject)] = []
        for (index, section) in sections.enumerated() {
            let before = before.map { $0[index] }
            guard let slot = updatable(section.module) else { continue }
            guard slot.id == asked[index] else {
                // Another identity came or stayed meanwhile: of that one it is not known what was said.
                others.append(section)
                continue
            }
            switch before {
            case .failure(let error):
                keep(section, tally)
                tally.errors.append((module: section.module, error: error))
            case .success(let before):
                // What is still on its way to disk counts, and is not known there.
                guard let before = slot.manifest ?? before else { continue }
                tally.remaining += 1
                say(section.properties, to: slot, before: before) { [self] error in
                    if error?.kind == .storage { keep(section, tally) }
                    tally.settle(section.module, error)
                }
            }
        }
        if !others.isEmpty && tally.number == manifestNumber { return apply(others, tally) }
        later { tally.settle("", nil) }
    }

    /// For when the disk takes something again, unless a newer manifest says what is to be.
    private func keep(_ section: (module: Text, properties: JSONObject), _ tally: ManifestTally) {
        if tally.number == manifestNumber { unapplied.append(section) }
    }

    /// The manifest says something else of one identity than before.
    func say(_ properties: JSONObject, to slot: TwinSlot, before: JSONObject, done: ((HubError?) -> Void)?) {
        let patch = JSONObject.difference(from: before, to: properties, on: slot.current.desired.properties)
        guard !patch.isEmpty else {
            if let done { later { done(nil) } }
            return
        }
        update(slot, done: done) { (twin: inout Twin) throws(TwinError) in
            let notice = try twin.patchDesired(patch, nowMs: time.wallMs)
            slot.manifest = properties
            slot.isManifestDirty = true
            return notice
        }
    }
}
