import CMartlet
import JSON
import Messages

/// Properties of a message as C strings, one after the other in one block.
struct CProperties {
    private var strings: [CChar] = []
    private var starts: [Int] = []
    private let applicationCount: Int

    init(_ application: [MessageProperty], _ system: [MessageProperty]) {
        applicationCount = application.count
        for property in application { append(property) }
        for property in system { append(property) }
    }

    /// - Parameters:
    ///   - hub: what the hub says of the message; comes behind its own system properties.
    ///   - body: gets the application properties and the system properties.
    func withPointers(
        _ hub: UnsafeBufferPointer<martlet_property>,
        _ body: (UnsafePointer<martlet_property>?, UnsafePointer<martlet_property>?) -> Void
    ) {
        strings.withUnsafeBufferPointer { block in
            guard let base = block.baseAddress else { return body(nil, hub.baseAddress) }
            var pairs: [martlet_property] = []
            pairs.reserveCapacity(hub.count + starts.count / 2)
            for index in stride(from: 0, to: starts.count, by: 2) {
                pairs.append(martlet_property(name: base + starts[index], value: base + starts[index + 1]))
            }
            pairs += hub
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
