public import JSON

/// Header fields in the order in which they came. Names compare without the case of ASCII letters.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One header.
    public struct Field: Sendable, Equatable {
        /// As it was spelled.
        public let name: Text
        /// Without the blanks around it.
        public let value: Text

        /// A header.
        public init(name: Text, value: Text) {
            self.name = name
            self.value = value
        }
    }

    /// All, in order; one name may come several times.
    public private(set) var fields: [Field]

    /// Of headers in their order.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// Of names and values in their order.
    public init(dictionaryLiteral elements: (Text, Text)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The value of the first field of that name.
    public subscript(name: Text) -> Text? {
        for field in fields where ASCII.equalIgnoringCase(field.name, name) { return field.value }
        return nil
    }

    /// Adds a header behind the others.
    @inline(never)
    public mutating func add(_ name: Text, _ value: Text) {
        fields.append(Field(name: name, value: value))
    }

    /// As header lines. A line break inside a name or value would start a new header: it becomes a space.
    func write(to bytes: inout [UInt8]) {
        for field in fields {
            Self.write(field.name, to: &bytes)
            bytes += ": ".utf8
            Self.write(field.value, to: &bytes)
            bytes += "\r\n".utf8
        }
    }

    private static func write(_ text: Text, to bytes: inout [UInt8]) {
        for byte in text.utf8 { bytes.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
    }
}
