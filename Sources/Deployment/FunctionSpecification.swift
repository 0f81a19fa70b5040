public import FFI
public import JSON

/// A C function that is called as a direct method, by polls, and at start and stop.
public struct FunctionSpecification: Sendable, Equatable {
    /// The name of the direct method.
    public let name: Text
    /// The symbol in the image.
    public let symbol: Text
    public let parameters: [CParameter]
    public let returns: CType
}
