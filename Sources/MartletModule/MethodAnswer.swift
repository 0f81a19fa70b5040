/// What another module answered.
public struct MethodAnswer: Sendable {
    /// The callee's own status.
    public let status: Int32
    public let payload: JSONText
}
