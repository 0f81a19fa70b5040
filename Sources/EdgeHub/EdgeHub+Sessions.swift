public import JSON
public import ModuleLinks

/// What the servers of clients need of the hub.
extension EdgeHub: ClientHub {
    /// As it will be on disk, once what is on its way is there.
    public func session(of client: Text) -> [UInt8]? {
        guard let slot = known(client), !slot.isLeaving, !slot.currentSession.isEmpty else { return nil }
        return slot.currentSession
    }

    /// Written with what else goes to disk.
    public func store(session: [UInt8]?, of client: Text, done: @escaping (HubError?) -> Void) {
        guard let slot = slots[client] else { return later { [self] in done(noIdentity(client)) } }
        let bytes = session ?? []
        if let refusal = refusal(of: slot, isAwaited: true) { return later { done(refusal) } }
        guard bytes.count <= ClientHubLimits.sessionBytes else {
            let refusal = HubError(
                .tooLarge, "\(slot.path): the session has \(bytes.count) bytes; at most \(ClientHubLimits.sessionBytes) are kept")
            return later { done(refusal) }
        }
        if bytes == slot.session && bytes == slot.currentSession { return later { done(nil) } }
        if bytes != slot.currentSession { slot.isSessionDirty = true }
        slot.currentSession = bytes
        queue(slot, isTwin: false, done: done)
    }
}
