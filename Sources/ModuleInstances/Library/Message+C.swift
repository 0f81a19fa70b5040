import CMartlet
import JSON
import Messages

extension Message {
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
            let systemProperties = Self.list(message.system_properties, message.system_property_count, isSystem: true)
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

    private static func list(_ first: UnsafePointer<martlet_property>?, _ count: Int, isSystem: Bool = false) -> [MessageProperty]? {
        if count == 0 { return [] }
        guard let first, count <= MessageRules.maximumProperties else { return nil }
        var list: [MessageProperty] = []
        for property in UnsafeBufferPointer(start: first, count: count) {
            guard let name = property.name, let value = property.value else { return nil }
            let text = Text(String(cString: name))
            // A message that is sent on still holds what the hub said of it.
            if isSystem && MessageRules.isHubs(text) { continue }
            list.append(MessageProperty(name: text, value: Text(String(cString: value))))
        }
        return list
    }
}
