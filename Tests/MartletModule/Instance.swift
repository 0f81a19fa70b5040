import CMartlet
import MartletModule

/// One instance of a module, driven as the host would: through its table only.
final class Instance {
    let host = TestHost()
    private(set) var table: martlet_module_api
    private(set) var context: UnsafeMutableRawPointer?

    /// - Returns: nil if the module refuses the host or the instance.
    init?(_ host: (TestHost) -> Void = { _ in }, readyLater: Bool = false, _ make: @escaping (Host) throws(ModuleError) -> any Module) {
        host(self.host)
        guard let table = moduleTable(self.host.api, readyLater: readyLater, make) else { return nil }
        self.table = table.pointee
        context = self.table.create(self.host.api, self.host.instance)
        if context == nil { return nil }
    }

    deinit {
        destroy()
    }

    func destroy() {
        guard let context else { return }
        table.destroy(context)
        self.context = nil
    }

    func start() -> Int32 {
        bytes(host.twin) { table.start(context, $0) }
    }

    func receive(_ input: String, _ body: String, properties: [(String, String)] = []) {
        bytes(body) { body in
            properties.withCProperties { properties in
                input.withCString { name in
                    var message = martlet_message()
                    message.size = MemoryLayout<martlet_message>.size
                    message.name = name
                    message.body = body
                    message.properties = properties.baseAddress
                    message.property_count = properties.count
                    table.receive(context, &message)
                }
            }
        }
    }

    func desired(_ patch: String, _ version: UInt64) {
        bytes(patch) { table.desired(context, $0, version) }
    }

    func invoke(_ method: String, _ payload: String, call: Int) -> Int32 {
        bytes(payload) { payload in method.withCString { table.invoke(context, $0, payload, OpaquePointer(bitPattern: call)) } }
    }

    /// Bytes without NUL, which are gone after the call.
    private func bytes<R>(_ text: String, _ body: (martlet_bytes) -> R) -> R {
        Array(text.utf8).withUnsafeBytes { body(martlet_bytes(data: $0.baseAddress, size: $0.count)) }
    }
}

extension [(String, String)] {
    fileprivate func withCProperties<R>(_ body: (UnsafeBufferPointer<martlet_property>) -> R) -> R {
        let copies = map { (Array<CChar>($0.0.utf8CString), Array<CChar>($0.1.utf8CString)) }
        var properties: [martlet_property] = []
        func add(_ index: Int) -> R {
            guard index < copies.count else { return properties.withUnsafeBufferPointer(body) }
            return copies[index].0.withUnsafeBufferPointer { name in
                copies[index].1.withUnsafeBufferPointer { value in
                    properties.append(martlet_property(name: name.baseAddress!, value: value.baseAddress!))
                    return add(index + 1)
                }
            }
        }
        return add(0)
    }
}
