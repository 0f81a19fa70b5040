import JSON

/// What is learnt of the reported properties that the cloud holds of one identity.
struct CloudUpdate: Sendable {
    enum Kind: Sendable {
        /// The whole document was read.
        case holds
        /// A patch was taken.
        case took
        /// A patch was not taken, at a time in milliseconds since 1970.
        case refused(reason: Text, atMs: Int64)
    }

    /// Of the identity.
    let id: Int64
    let kind: Kind
    /// The document, or the patch.
    let body: JSONObject
    /// The local version of the reported properties for which it stands.
    let version: UInt64
}
