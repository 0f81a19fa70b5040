/// Why a text is no key to check signatures with.
public struct SignatureKeyError: Error, Sendable {
    /// What it is instead, and what would be right.
    public let message: String
}
