public import JSON

/// A function that is called again and again; each result goes to an output as `{"value": result}`.
public struct PollSpecification: Sendable, Equatable {
    /// The name of a function of the same module.
    public var function: Text
    /// As many and of such types as the function takes.
    public var arguments: [JSON]
    /// Milliseconds from call to call, at least 1.
    public var everyMs: UInt32
    public var output: Text

    public init(function: Text, arguments: [JSON], everyMs: UInt32, output: Text) {
        self.function = function
        self.arguments = arguments
        self.everyMs = everyMs
        self.output = output
    }
}
