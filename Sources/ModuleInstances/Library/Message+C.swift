import CMartlet
import JSON
import Messages

extension Message {
    /// Shows this message to C, under the name of an input. The pointer is valid inside `body`.
    func withCMessage(name: Text, _ body: (UnsafePointer<martlet_message>) -> Void) {
        if properties.isEmpty && systemProperties.isEmpty { return withCMessage(name, nil, nil, body) }
        var all = CProperties(properties, systemProperties)
        all.withPointers { withCMessage(name, $0, $1, body) }
    }

    private func withCMessage(
        _ name: Text, _ application: UnsafePointer<martlet_property>?, _ system: UnsafePointer<martlet_property>?,
        _ body: (UnsafePointer<martlet_message>) -> Void
    ) {
        name.string.withCString { name in
            withBody { bytes in
                var message = martlet_message(
                    size: MemoryLayout<martlet_message>.size, name: name, body: martlet_bytes(bytes),
                    properties: application, property_count: properties.count,
                    system_properties: system, system_property_count: systemProperties.count)
                body(&message)
            }
        }
    }

    /// Copies what a module sends, if it is what a message may be.
    ///
    /// - Parameter outputs: those of the module.
    /// - Throws: what is wrong with it.
    init(
        of module: Text, _ pointer: UnsafePointer<martlet_message>, _ outputs: inout OutputNames
    ) throws(RefusedMessage) {
        guard pointer.pointee.size >= MemoryLayout<martlet_message>.size else {
            throw RefusedMessage("the message's size is \(pointer.pointee.size), not sizeof(martlet_message)")
        }
        let message = pointer.pointee
        guard let name = message.name else { throw RefusedMessage("the name of the output is NULL") }
        guard message.body.size <= MessageRules.maximumSize else {
            throw RefusedMessage(
                tooLarge: "the body has \(message.body.size) bytes; at most \(MessageRules.maximumSize) are allowed, properties included")
        }
        guard message.body.data != nil || message.body.size == 0 else { throw RefusedMessage("the body is NULL but has a size") }
        guard let properties = Self.list(message.properties, message.property_count),
            let systemProperties = Self.list(message.system_properties, message.system_property_count)
        else {
            throw RefusedMessage(
                "a property is NULL or has no name or value, or there are more than \(MessageRules.maximumProperties)")
        }
        let output = outputs.find(name)
        self.init(
            module: module, output: output.text, body: UnsafeRawBufferPointer(start: message.body.data, count: message.body.size),
            properties: properties, systemProperties: systemProperties, isChecked: true)
        // Size and name are all there is to most messages.
        if output.isValid && isPlain { return }
        if let problem = MessageRules.problem(with: self) {
            throw size > MessageRules.maximumSize ? RefusedMessage(tooLarge: problem) : RefusedMessage(problem)
        }
    }

    private static func list(_ first: UnsafePointer<martlet_property>?, _ count: Int) -> [MessageProperty]? {
        if count == 0 { return [] }
        guard let first, count <= MessageRules.maximumProperties else { return nil }
        var list: [MessageProperty] = []
        for property in UnsafeBufferPointer(start: first, count: count) {
            guard let name = property.name, let value = property.value else { return nil }
            list.append(MessageProperty(name: Text(String(cString: name)), value: Text(String(cString: value))))
        }
        return list
    }
}

/// Properties as C strings, one after the other in one block.
private struct CProperties {
    private var strings: [CChar] = []
    private var starts: [Int] = []
    private let applicationCount: Int

    init(_ application: [MessageProperty], _ system: [MessageProperty]) {
        applicationCount = application.count
        for property in application { append(property) }
        for property in system { append(property) }
    }

    mutating func withPointers(_ body: (UnsafePointer<martlet_property>?, UnsafePointer<martlet_property>?) -> Void) {
        if starts.isEmpty { return body(nil, nil) }
        strings.withUnsafeBufferPointer { block in
            guard let base = block.baseAddress else { return }
            let pairs = stride(from: 0, to: starts.count, by: 2).map {
                martlet_property(name: base + starts[$0], value: base + starts[$0 + 1])
            }
            pairs.withUnsafeBufferPointer { list in
                guard let first = list.baseAddress else { return }
                body(first, first + applicationCount)
            }
        }
    }

    private mutating func append(_ property: MessageProperty) {
        append(property.name)
        append(property.value)
    }

    private mutating func append(_ text: Text) {
        starts.append(strings.count)
        for byte in text.utf8 { strings.append(CChar(bitPattern: byte)) }
        strings.append(0)
    }
}
