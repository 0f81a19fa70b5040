public import JSON
import ModuleIdentities
public import ModuleLinks
public import ModuleTwins
import UV

extension EdgeHub {
    /// The twin of a module, made with its identity and generation id on first sight and kept from then on. nil: the device's.
    /// - Parameter done: called once it is on disk.
    @discardableResult
    public func ensureTwin(_ module: Text?, done: ((HubError?) -> Void)? = nil) -> Twin {
        let identity = ModuleIdentity(deviceID: deviceID, moduleID: module)
        if let slot = twins[identity] {
            if let done {
                if slot.isStored { later { done(nil) } } else { queue(slot, notice: nil, done: EdgeHub.withoutTwin(done)) }
            }
            return slot.committed.twin
        }
        // As many digits as IoT Hub's, and never the same for two identities.
        let generation = UInt64.random(in: 100_000_000_000_000_000...999_999_999_999_999_999)
        let twin = Twin(identity: identity, generationID: "\(generation)", now: EdgeHub.stamp)
        let slot = TwinSlot(TwinRecord(twin: twin, manifestDesired: JSONObject()), isStored: false)
        twins[identity] = slot
        queue(slot, notice: nil, done: done.map(EdgeHub.withoutTwin))
        return twin
    }

    /// The whole twin as an operator sees it, as it is on disk. nil: no such module.
    public func twin(_ module: Text?) -> JSONObject? {
        guard let slot = slot(module) else { return nil }
        return slot.committed.twin.serviceView(connected: module.map(isAttached) ?? true)
    }

    /// Changes desired properties, tags, or both, in one step. The module is told of its desired properties after the commit.
    /// - Parameters:
    ///   - module: nil for the device.
    ///   - desired: a patch, or with `replaces` what they shall be as a whole; nil: they stay.
    ///   - tags: likewise.
    ///   - ifMatch: the etag that must be the current one; nil or `*`: any.
    ///   - done: called with the twin as an operator sees it.
    public func changeTwin(
        _ module: Text?, desired: JSONObject? = nil, tags: JSONObject? = nil, replaces: Bool = false, ifMatch: Text? = nil,
        done: @escaping (Result<JSONObject, HubError>) -> Void
    ) {
        update(module, done: view(module, done)) { (record: inout TwinRecord) throws(TwinError) in
            var notice: JSONObject?
            // The first of the two looks at the etag, and changes it.
            if let tags {
                let patch = replaces ? JSONObject.difference(from: record.twin.tags, to: tags) : tags
                try record.twin.patchTags(patch, ifMatch: ifMatch)
            }
            if let desired {
                let etag = tags == nil ? ifMatch : nil
                notice =
                    try replaces
                    ? record.twin.replaceDesired(desired, ifMatch: etag, now: EdgeHub.stamp)
                    : record.twin.patchDesired(desired, ifMatch: etag, now: EdgeHub.stamp)
            }
            return notice
        }
    }

    /// What the manifest says the desired properties shall be. Applied where it differs from what the manifest said before, so that
    /// patches made meanwhile stay; a key that is gone arrives as null. Nothing is written when nothing differs.
    public func applyManifestDesired(_ module: Text?, _ properties: JSONObject, done: ((HubError?) -> Void)? = nil) {
        ensureTwin(module)
        guard let slot = slot(module) else { return }
        let patch = JSONObject.difference(from: slot.current.manifestDesired, to: properties)
        guard !patch.isEmpty else {
            if let done { later { done(nil) } }
            return
        }
        update(module, done: done.map(EdgeHub.withoutTwin)) { (record: inout TwinRecord) throws(TwinError) in
            record.manifestDesired = properties
            return try record.twin.patchDesired(patch, now: EdgeHub.stamp)
        }
    }

    func report(_ module: Text, _ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?) {
        var version: UInt64 = 0
        let answer = done.map { done in
            { (result: Result<Twin, HubError>) in done(result.map { _ in version }) }
        }
        update(module, done: answer) { (record: inout TwinRecord) throws(TwinError) in
            version = try record.twin.report(patch, now: EdgeHub.stamp)
            return nil
        }
    }

    func deviceView(_ module: Text) -> JSONObject {
        slot(module)?.committed.twin.deviceView ?? JSONObject()
    }

    /// The change is on disk: now it is told.
    func committed(_ change: TwinChange) {
        let twin = change.slot.committed.twin
        change.slot.waiting -= 1
        if let done = change.done { later { done(.success(twin)) } }
        guard let notice = change.notice, let module = twin.identity.moduleID else { return }
        consumers[module]?.link?.desired(notice.patch, version: notice.version)
    }

    /// Updates of one twin that somebody waits for.
    private static let waitingUpdates = 1024

    private static var stamp: Text { Text(iso8601Ms: WallClock.nowMs) }

    private func slot(_ module: Text?) -> TwinSlot? {
        twins[ModuleIdentity(deviceID: deviceID, moduleID: module)]
    }

    /// Changes a twin in memory and queues it for the disk.
    private func update(
        _ module: Text?, done: ((Result<Twin, HubError>) -> Void)?,
        _ change: (inout TwinRecord) throws(TwinError) -> JSONObject?
    ) {
        guard let slot = slot(module) else {
            let name = module ?? deviceID
            if let done { later { done(.failure(HubError(.notFound, "there is no twin of \(name)"))) } }
            return
        }
        guard slot.waiting < EdgeHub.waitingUpdates || done == nil else {
            let refusal = HubError(.full, "\(EdgeHub.waitingUpdates) updates of \(slot.current.twin.identity.path) wait to be stored")
            if let done { later { done(.failure(refusal)) } }
            return
        }
        var record = slot.current
        do throws(TwinError) {
            let notice = try change(&record)
            slot.current = record
            queue(slot, notice: notice, done: done)
        } catch {
            let refusal = HubError(error)
            if let done { later { done(.failure(refusal)) } }
        }
    }

    private func queue(_ slot: TwinSlot, notice: JSONObject?, done: ((Result<Twin, HubError>) -> Void)?) {
        if !slot.isDirty {
            slot.isDirty = true
            dirty.append(slot)
        }
        if notice != nil || done != nil {
            slot.waiting += 1
            let version = slot.current.twin.desired.version
            changes.append(TwinChange(slot: slot, notice: notice.map { (patch: $0, version: version) }, done: done))
        }
        turnSoon()
    }

    private func view(
        _ module: Text?, _ done: @escaping (Result<JSONObject, HubError>) -> Void
    ) -> (Result<Twin, HubError>) -> Void {
        { [self] result in done(result.map { $0.serviceView(connected: module.map(isAttached) ?? true) }) }
    }

    private static func withoutTwin(_ done: @escaping (HubError?) -> Void) -> (Result<Twin, HubError>) -> Void {
        { result in
            switch result {
            case .success: done(nil)
            case .failure(let error): done(error)
            }
        }
    }
}
