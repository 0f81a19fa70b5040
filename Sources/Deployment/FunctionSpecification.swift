public import JSON

/// A C function that is called as a direct method and by polls.
public struct FunctionSpecification: Sendable, Equatable {
    /// Arguments of one function; our own bound.
    public static let maximumArguments = 16

    /// The name of the direct method.
    public var name: Text
    /// The symbol in the image.
    public var symbol: Text
    /// Never `.void`. At most 16.
    public var arguments: [CTypeName]
    public var returns: CTypeName

    public init(name: Text, symbol: Text, arguments: [CTypeName], returns: CTypeName) {
        self.name = name
        self.symbol = symbol
        self.arguments = arguments
        self.returns = returns
    }
}
