public import JSON
public import ModuleIdentities

/// What a client asks with a CONNECT that is in order: all but its token is checked.
public struct ConnectRequest: Sendable {
    public let identity: ModuleIdentity
    /// The client id, which is that of the identity; for log lines and file names it must be quoted.
    public let clientID: Text
    /// A shared access signature; a secret.
    public let token: Text
    /// The session before is forgotten, and this one ends with the connection.
    public let isClean: Bool
    /// Milliseconds after the last packet of the client when its connection is taken for lost.
    public let silenceMs: UInt64
    public let will: Will?
    /// What the SDK says of itself.
    public let clientType: Text?
    /// The plug-and-play model.
    public let modelID: Text?
}
