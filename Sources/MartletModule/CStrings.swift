import CMartlet

/// The name and the properties of a message as C strings, in one piece of memory.
struct CStrings {
    private var bytes: [UInt8] = []
    /// Where each string begins: the name, then name and value of each property.
    private var starts: [Int] = []

    /// - Throws: ``HostError/argument`` for a string with a NUL inside.
    init(_ name: String, _ properties: Properties, _ systemProperties: Properties) throws(HostError) {
        try append(name)
        for pair in properties.pairs {
            try append(pair.name.text)
            try append(pair.value)
        }
        for pair in systemProperties.pairs {
            try append(pair.name.text)
            try append(pair.value)
        }
    }

    private mutating func append(_ text: String) throws(HostError) {
        starts.append(bytes.count)
        let text = text.utf8Bytes
        guard !text.contains(0) else { throw .argument }
        bytes += text
        bytes.append(0)
    }

    /// The pointers are valid until `body` returns.
    func withPointers(_ body: (UnsafePointer<CChar>, UnsafeBufferPointer<martlet_property>) -> Int32) -> Int32 {
        bytes.withUnsafeBytes { memory in
            // There is at least the name's NUL.
            guard let base = memory.baseAddress else { return HostError.argument.code }
            func string(_ index: Int) -> UnsafePointer<CChar> {
                (base + starts[index]).assumingMemoryBound(to: CChar.self)
            }
            var pairs: [martlet_property] = []
            pairs.reserveCapacity(starts.count / 2)
            var index = 1
            while index < starts.count {
                pairs.append(martlet_property(name: string(index), value: string(index + 1)))
                index += 2
            }
            return pairs.withUnsafeBufferPointer { body(string(0), $0) }
        }
    }
}
