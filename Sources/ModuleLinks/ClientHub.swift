public import JSON
public import ModuleIdentities

/// The hub as those see it who let clients in: MQTT's and HTTP's servers. Clients are known by their `ClientName`; `attach` takes one as
/// it takes a module. All calls on the loop's thread.
public protocol ClientHub: ModuleHub {
    /// The device whose hub this is.
    var deviceID: Text { get }

    /// Whether a token shows that its bearer may act under an identity: of a module, of the device, or of a downstream device that may
    /// connect. nil: it does; else what is wrong, without secrets.
    ///
    /// Whether it has expired is not looked at before the clock was set.
    func authenticate(_ token: Text, as identity: ModuleIdentity) -> SASError?

    /// The session of a client that was stored last. nil: there is none.
    func session(of client: Text) -> [UInt8]?

    /// Keeps the session of a client, over restarts too, until its identity is deleted. What it says is the caller's own.
    /// - Parameters:
    ///   - session: at most `ClientHubLimits.sessionBytes`; nil: there is none any more.
    ///   - client: with an identity, as `authenticate` or `attach` has seen it.
    ///   - done: called once it is on disk, in a later turn; also where nothing had changed, and nothing was written.
    func store(session: [UInt8]?, of client: Text, done: @escaping (HubError?) -> Void)
}

/// How much a hub keeps for a client.
public enum ClientHubLimits {
    /// Bytes of a session: fifty subscriptions with names of some length.
    public static let sessionBytes = 4096
}
