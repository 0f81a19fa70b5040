public import JSON
public import ModuleIdentities
public import ModuleLinks
import ModuleTwins

extension EdgeHub {
    /// What is kept of an identity, as it is on disk. nil: there is none.
    /// - Parameter module: nil: the device's own.
    public func identityRecord(_ module: Text?) -> IdentityRecord? { known(module)?.identity }

    /// All identities that the device knows, its own first, then by their `ClientName`.
    public func identityRecords() -> [IdentityRecord] {
        slots.values.filter { $0.isStored || $0.isNeeded }.inOrder { $0.name < $1.name }.map { $0.identity }
    }

    /// Makes an identity with an empty twin.
    /// - Parameters:
    ///   - primary: a key of its own, 16 to 64 bytes; nil: derived from the device's.
    ///   - secondary: likewise.
    ///   - done: called once it is on disk. A conflict: there is one of this name.
    public func createIdentity(
        _ module: Text, managedBy: Text = "", authentication: IdentityRecord.Authentication = .sas, primary: [UInt8]? = nil,
        secondary: [UInt8]? = nil, done: @escaping (Result<IdentityRecord, HubError>) -> Void
    ) {
        if let problem = IdentifierRules.problem(inModuleID: module) ?? EdgeHub.problem(managedBy, primary, secondary) {
            return later { done(.failure(HubError(.invalid, problem))) }
        }
        if let there = slots[module] {
            let refusal = HubError(.conflict, "there is an identity \(there.path) already")
            return later { done(.failure(refusal)) }
        }
        guard slots.count < EdgeHub.mostIdentities else { return later { done(.failure(EdgeHub.tooMany)) } }
        let slot = makeSlot(module, managedBy: managedBy)
        slot.currentIdentity.authentication = authentication
        slot.currentIdentity.primary = primary
        slot.currentIdentity.secondary = secondary
        slot.identity = slot.currentIdentity
        slots[module] = slot
        queue(slot, done: EdgeHub.answer(slot, done))
    }

    /// Changes what is kept of an identity, from what it is with the changes that are still on their way to disk.
    /// - Parameters:
    ///   - module: nil: the device's own.
    ///   - ifMatch: the identity's etag that must be the current one; nil or `*`: any.
    ///   - done: called once it is on disk. A conflict: the etag is another.
    ///   - change: called at once or not at all; the revision is not its to change. Keys have 16 to 64 bytes.
    public func updateIdentity(
        _ module: Text?, ifMatch: Text? = nil, done: @escaping (Result<IdentityRecord, HubError>) -> Void,
        _ change: (inout IdentityRecord) -> Void
    ) {
        if let module, ClientName.isDownstream(module) {
            let path = ClientName.shown(module, device: deviceID)
            return later { done(.failure(HubError(.invalid, "\(path) is as the manifest says: change device.children there"))) }
        }
        guard let slot = updatable(module), !slot.isLeaving else { return later { [self] in done(.failure(noIdentity(module))) } }
        if let refusal = refusal(slot, ifMatch) { return later { done(.failure(refusal)) } }
        var record = slot.currentIdentity
        change(&record)
        if let problem = EdgeHub.problem(record.managedBy, record.primary, record.secondary) {
            return later { done(.failure(HubError(.invalid, problem))) }
        }
        record.revision = slot.currentIdentity.revision + 1
        slot.currentIdentity = record
        slot.isIdentityDirty = true
        queue(slot, isTwin: false, done: EdgeHub.answer(slot, done))
    }

    /// Deletes an identity with its keys and its twin. One of the manifest is made anew at once: another generation, an empty twin with the
    /// manifest's desired properties, versions from 1. An instance that runs under the old one is cut off.
    /// - Parameters:
    ///   - module: nil, the device's own, is refused.
    ///   - ifMatch: as of `updateIdentity`.
    ///   - done: called once it is on disk, with whether there is a new one: then its instance is to be started again.
    public func deleteIdentity(_ module: Text?, ifMatch: Text? = nil, done: @escaping (Result<Bool, HubError>) -> Void) {
        guard let module, !module.isEmpty else {
            let refusal = HubError(
                .invalid, "the identity of the device itself cannot be deleted; that of a module or a downstream device can")
            return later { done(.failure(refusal)) }
        }
        guard let slot = slots[module], !slot.isLeaving else { return later { [self] in done(.failure(noIdentity(module))) } }
        if let refusal = refusal(slot, ifMatch) { return later { done(.failure(refusal)) } }
        guard isDeployed(module) else { return leave(slot, manifest: nil, done) }
        let id = slot.id
        store.ask({ $0.manifest(of: id) }) { [self] result in
            switch result {
            case .failure(let error): later { done(.failure(error)) }
            case .success(let manifest):
                // Somebody else may have been faster.
                if slots[module] !== slot || slot.isLeaving { return later { [self] in done(.failure(noIdentity(module))) } }
                if let refusal = refusal(slot, ifMatch) { return later { done(.failure(refusal)) } }
                leave(slot, manifest: isDeployed(module) ? slot.manifest ?? manifest : nil, done)
            }
        }
    }

    /// - Parameter manifest: what the manifest says of the identity that is to come in its place; nil: none is to come.
    private func leave(_ slot: TwinSlot, manifest: JSONObject?, _ done: @escaping (Result<Bool, HubError>) -> Void) {
        slot.isLeaving = true
        if let manifest { say(manifest, to: successor(of: slot), before: JSONObject(), done: nil) }
        leaving.append(slot)
        slot.waiting += 1
        changes.append(
            TwinChange(slot: slot, notice: nil) { error in
                if let error { done(.failure(error)) } else { done(.success(slot.successor != nil)) }
            })
        turnSoon()
    }

    /// The identity that comes in place of one that is being deleted; made where there is none yet.
    func successor(of slot: TwinSlot) -> TwinSlot {
        if let successor = slot.successor { return successor }
        let successor = makeSlot(slot.name, managedBy: EdgeHub.managedBy(slot.name))
        successor.isNeeded = true
        slot.successor = successor
        queue(successor, done: nil)
        return successor
    }

    /// A deletion is on disk.
    func left(_ slot: TwinSlot) {
        slots[slot.name] = slot.successor
        // What ran under it has no identity any more.
        cutOff(slot.name, "its identity was deleted")
        if let endpoint = endpoints[.input(module: slot.name, input: "")], endpoint.id.isCloudToDevice {
            dropLanes(endpoint, "the identity \(slot.path) was deleted")
            resizePools()
        }
        if let consumer = consumers[slot.name], !isWanted(consumer) { drop(consumer) }
    }

    private func isDeployed(_ module: Text) -> Bool { isChild(module) || consumers[module]?.isDeployed ?? false }

    private func refusal(_ slot: TwinSlot, _ ifMatch: Text?) -> HubError? {
        let etag = slot.currentIdentity.etag
        guard let ifMatch, !etag.isMatched(by: ifMatch) else { return nil }
        return HubError(
            .conflict, "\(slot.path): the etag asked for is \(ifMatch); the current one of the identity is \(etag)")
    }

    private static func problem(_ managedBy: Text, _ primary: [UInt8]?, _ secondary: [UInt8]?) -> Text? {
        if managedBy.utf8.count > IdentityRecord.longestManagedBy {
            return "managedBy has \(managedBy.utf8.count) bytes; it has at most \(IdentityRecord.longestManagedBy)"
        }
        for (name, key) in [("primaryKey", primary), ("secondaryKey", secondary)] {
            let lengths = SymmetricKeys.lengths
            guard let key, !lengths.contains(key.count) else { continue }
            return "\(name) has \(key.count) bytes; a key has \(lengths.lowerBound) to \(lengths.upperBound), and is written in base64"
        }
        return nil
    }

    private static func answer(
        _ slot: TwinSlot, _ done: @escaping (Result<IdentityRecord, HubError>) -> Void
    ) -> (HubError?) -> Void {
        { error in
            if let error { done(.failure(error)) } else { done(.success(slot.identity)) }
        }
    }
}
