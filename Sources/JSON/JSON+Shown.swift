extension JSON {
    /// For messages to people: the value if it is short, else what kind of value it is.
    @inline(never)
    public var shown: Text {
        switch self {
        case .string(let text): text.quoted
        case .array(let elements): elements.isEmpty ? "[]" : "an array"
        case .object(let object): object.isEmpty ? "{}" : "an object"
        default: Text(self.text)
        }
    }
}
