import CMartlet
import JSON
import Messages
import ModuleLinks

extension Delivery {
    /// Shows this message to C, under the name of its input. The pointer is valid inside `body`.
    /// - Parameter hub: what the hub says of it, valid as long.
    func withCMessage(_ hub: UnsafeBufferPointer<martlet_property>, _ body: (UnsafePointer<martlet_message>) -> Void) {
        if message.properties.isEmpty && message.systemProperties.isEmpty { return withCMessage(hub.count, nil, hub.baseAddress, body) }
        withProperties(hub, body)
    }

    @inline(never)
    private func withProperties(_ hub: UnsafeBufferPointer<martlet_property>, _ body: (UnsafePointer<martlet_message>) -> Void) {
        let count = hub.count + message.systemProperties.count
        CProperties(message.properties, message.systemProperties).withPointers(hub) { withCMessage(count, $0, $1, body) }
    }

    private func withCMessage(
        _ systemCount: Int, _ application: UnsafePointer<martlet_property>?, _ system: UnsafePointer<martlet_property>?,
        _ body: (UnsafePointer<martlet_message>) -> Void
    ) {
        input.string.withCString { name in
            message.withBody { bytes in
                var message = martlet_message(
                    size: MemoryLayout<martlet_message>.size, name: name, body: martlet_bytes(bytes),
                    properties: application, property_count: message.properties.count,
                    system_properties: system, system_property_count: systemCount)
                body(&message)
            }
        }
    }
}
