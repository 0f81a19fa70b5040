public import JSON
import ModuleIdentities
public import ModuleLinks
import ModuleTwins

extension EdgeHub {
    /// The whole twin as an operator sees it, as it is on disk. nil: no such identity.
    /// - Parameter module: nil: the device's.
    public func twin(_ module: Text?) -> JSONObject? {
        guard let slot = known(module) else { return nil }
        return view(slot)
    }

    /// Changes desired properties, tags, or both, in one step. The module is told of its desired properties after the commit.
    /// - Parameters:
    ///   - module: nil for the device.
    ///   - desired: a patch, or with `replaces` what they shall be as a whole; nil: they stay. It may hold the `$version` that must be the
    ///     current one.
    ///   - tags: likewise.
    ///   - ifMatch: the etag that must be the current one; nil or `*`: any.
    ///   - done: called with the twin as an operator sees it.
    public func changeTwin(
        _ module: Text?, desired: JSONObject? = nil, tags: JSONObject? = nil, replaces: Bool = false, ifMatch: Text? = nil,
        done: @escaping (Result<JSONObject, HubError>) -> Void
    ) {
        guard let slot = updatable(module) else { return later { [self] in done(.failure(noIdentity(module))) } }
        let answer = { [self] (error: HubError?) in
            if let error { return done(.failure(error)) }
            done(.success(view(slot)))
        }
        update(slot, done: answer) { (twin: inout Twin) throws(TwinError) in
            try twin.update(desired: desired, tags: tags, replaces: replaces, ifMatch: ifMatch, nowMs: time.wallMs)
        }
    }

    private func view(_ slot: TwinSlot) -> JSONObject {
        let gateway = ClientName.isDownstream(slot.name) ? slots[ClientName.device] : nil
        return slot.committed.serviceView(
            TwinStanding(
                isConnected: slot.name.isEmpty || isAttached(slot.name), lastActivityMs: slot.lastActivityMs,
                authenticationType: slot.identity.authentication == .sas ? "sas" : "none", deviceEtag: slot.identity.etag,
                cloudToDeviceMessages: cloudToDeviceMessages(to: slot.name), gatewayScope: gateway?.committed.scope))
    }

    func report(_ slot: TwinSlot, _ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?) {
        var version: UInt64 = 0
        var answer: ((HubError?) -> Void)?
        if let done {
            answer = { error in
                if let error { done(.failure(error)) } else { done(.success(version)) }
            }
        }
        let isRouted = !destinationsOfTwinChanges().isEmpty
        update(slot, reported: isRouted ? patch : nil, done: answer) { (twin: inout Twin) throws(TwinError) in
            version = try twin.report(patch, nowMs: time.wallMs)
            return nil
        }
    }

    /// The change is on disk: now it is told.
    func committed(_ change: TwinChange) {
        let slot = change.slot
        slot.waiting -= 1
        if let done = change.done { later { done(nil) } }
        if let reported = change.reported { sendTwinChange(reported, of: slot) }
        guard let notice = change.notice, let consumer = consumers[slot.name], consumer.port?.slot === slot else { return }
        consumer.link?.desired(notice.patch, version: notice.version)
    }

    /// Updates of one twin that somebody waits for.
    private static let waitingUpdates = 1024

    func noIdentity(_ module: Text?) -> HubError {
        HubError(.notFound, "there is no identity \(ClientName.identity(module ?? "", device: deviceID).path)")
    }

    /// Changes a twin in memory and queues it for the disk.
    /// - Parameters:
    ///   - reported: what becomes a message once it is stored.
    ///   - change: returns what the module is to be told.
    func update(
        _ slot: TwinSlot, reported: JSONObject? = nil, done: ((HubError?) -> Void)?, _ change: (inout Twin) throws(TwinError) -> JSONObject?
    ) {
        if let refusal = refusal(of: slot, isAwaited: done != nil) {
            if let done { later { done(refusal) } }
            return
        }
        var twin = slot.current
        do throws(TwinError) {
            let notice = try change(&twin)
            slot.current = twin
            // Nobody waits, so nothing else bounds them.
            let isTooMany = reported != nil && slot.waiting >= 2 * EdgeHub.waitingUpdates
            if isTooMany { warnOfTwinChanges(slot) }
            queue(slot, notice: notice, reported: isTooMany ? nil : reported, done: done)
        } catch {
            let refusal = HubError(error)
            if let done { later { done(refusal) } }
        }
    }

    private func warnOfTwinChanges(_ slot: TwinSlot) {
        guard !hasWarnedOfTwinChanges else { return }
        hasWarnedOfTwinChanges = true
        log(
            .warning,
            "\(2 * EdgeHub.waitingUpdates) changes of \(slot.path) wait to be stored: those that come meanwhile become no messages (said once)"
        )
    }

    func refusal(of slot: TwinSlot, isAwaited: Bool) -> HubError? {
        if slot.isLeaving { return HubError(.notFound, "\(slot.path) is being deleted") }
        guard isAwaited && slot.waiting >= EdgeHub.waitingUpdates else { return nil }
        return HubError(.full, "\(EdgeHub.waitingUpdates) updates of \(slot.path) wait to be stored")
    }

    /// Something of a slot is to go to disk; `done` comes once it is there, or with the reason why not.
    /// - Parameter isTwin: its twin does.
    func queue(
        _ slot: TwinSlot, notice: JSONObject? = nil, reported: JSONObject? = nil, isTwin: Bool = true, done: ((HubError?) -> Void)?
    ) {
        if isTwin { slot.isTwinDirty = true }
        if !slot.isDirty {
            slot.isDirty = true
            dirty.append(slot)
        }
        if notice != nil || reported != nil || done != nil {
            slot.waiting += 1
            let version = slot.current.desired.version
            changes.append(
                TwinChange(slot: slot, notice: notice.map { (patch: $0, version: version) }, reported: reported, done: done))
        }
        turnSoon()
    }
}
