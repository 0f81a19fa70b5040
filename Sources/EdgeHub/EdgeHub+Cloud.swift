public import JSON
public import ModuleLinks
public import ModuleTwins

/// What the cloud does not know yet of reported properties.
extension EdgeHub {
    /// What the cloud is still to be told of the reported properties of an identity, as they are on disk.
    /// - Parameter module: nil: the device's.
    public func pendingReport(_ module: Text?, done: @escaping (Result<PendingReport, HubError>) -> Void) {
        guard let slot = known(module) else { return later { [self] in done(.failure(noIdentity(module))) } }
        let (id, reported) = (slot.id, slot.committed.reported)
        store.ask({ $0.pendingReport(of: id, reported) }) { [self] result in later { done(result) } }
    }

    /// The cloud's document was read: it holds these reported properties, `$metadata` and `$version` left out or not.
    /// - Parameters:
    ///   - version: the local version of the reported properties for which it stands; what was reported after it is sent again, changed or
    ///     not. 0: all of it.
    ///   - done: called once it is on disk.
    public func cloudHolds(_ module: Text?, reported: JSONObject, version: UInt64, done: @escaping (HubError?) -> Void) {
        learn(module, .holds, reported, version, done)
    }

    /// The cloud took a patch.
    /// - Parameters:
    ///   - patch: as it was sent.
    ///   - version: that of the `PendingReport` from which the patch is.
    ///   - done: called once it is on disk. A conflict: what the cloud holds is not known.
    public func cloudTook(_ module: Text?, _ patch: JSONObject, version: UInt64, done: @escaping (HubError?) -> Void) {
        learn(module, .took, patch, version, done)
    }

    /// The cloud did not take a patch. It is set aside with the reason, and is owed no more until what it speaks of is reported again: it
    /// never blocks what comes later.
    /// - Parameters:
    ///   - reason: what the cloud said; 1024 bytes of it are kept.
    ///   - done: as of `cloudTook`.
    public func cloudRefused(
        _ module: Text?, _ patch: JSONObject, version: UInt64, reason: Text, done: @escaping (HubError?) -> Void
    ) {
        let reason = Text(utf8: reason.utf8.prefix(1024))
        learn(module, .refused(reason: reason, atMs: time.wallMs), patch, version) { [self] error in
            if error == nil {
                log(
                    .warning,
                    "the cloud refused reported properties of \(module ?? deviceID), version \(version): \(reason); they are set aside")
            }
            done(error)
        }
    }

    private func learn(
        _ module: Text?, _ kind: CloudUpdate.Kind, _ body: JSONObject, _ version: UInt64, _ done: @escaping (HubError?) -> Void
    ) {
        guard let slot = known(module), !slot.isLeaving else { return later { [self] in done(noIdentity(module)) } }
        guard version <= slot.current.reported.version else {
            let refusal = HubError(
                .invalid, "\(slot.path): version \(version) of the reported properties; the newest is \(slot.current.reported.version)")
            return later { done(refusal) }
        }
        guard body.twinSize <= 2 * TwinLimits.sectionBytes else {
            let refusal = HubError(
                .tooLarge, "\(slot.path): \(body.twinSize) bytes of the cloud; at most \(2 * TwinLimits.sectionBytes) are kept")
            return later { done(refusal) }
        }
        cloud.append((update: CloudUpdate(id: slot.id, kind: kind, body: body, version: version), done: done))
        turnSoon()
    }
}
