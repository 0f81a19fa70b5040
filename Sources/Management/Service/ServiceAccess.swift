public import JSON
public import ModuleIdentities

/// Who may use the HTTPS port. Everything is called on the loop's thread.
public protocol ServiceAccess: AnyObject {
    /// Whether a token shows that its bearer has the key of the host's policy. nil: it does; else what is wrong with it.
    /// - Parameter path: what it asks for, decoded: a token may be for a part of the device only.
    func authorize(_ token: SharedAccessSignature, path: [Text]) -> SASError?

    /// Whether a token shows that its bearer may act under an identity. nil: it does; else what is wrong with it.
    func authorize(_ token: Text, as identity: ModuleIdentity) -> SASError?

    /// Somebody was refused; says why, without a secret.
    func refused(_ reason: Text)
}
