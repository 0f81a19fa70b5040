public import JSON

/// What a call of a C function gave.
public struct CallResult: Equatable, Sendable {
    /// What the function returned; nil for void.
    public let value: JSON?
    /// Buffers and what pointers point to, in the order of the parameters.
    public let outputs: [JSON]

    init(value: JSON?, outputs: [JSON]) {
        self.value = value
        self.outputs = outputs
    }

    /// The answer of a direct method: the bare value, where there are no outputs; else as `body`.
    public var answer: JSON { outputs.isEmpty ? value ?? .null : body }

    /// The body of a message: `{"value": …, "outputs": […]}`, without what there is none of; void without outputs is `{"value": null}`.
    public var body: JSON {
        if outputs.isEmpty { return ["value": value ?? .null] }
        guard let value else { return ["outputs": .array(outputs)] }
        return ["value": value, "outputs": .array(outputs)]
    }
}
