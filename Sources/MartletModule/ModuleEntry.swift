import CMartlet

/// The module's side of the ABI: one table for the library, of functions that C calls.
///
/// Global, because a C function has no context before `create`; the host loads a copy of the library for each instance.
enum ModuleEntry {
    nonisolated(unsafe) private static var make: ((Host) throws(ModuleError) -> any Module)?
    nonisolated(unsafe) private static var table = martlet_module_api()

    static func install(readyLater: Bool, _ make: @escaping (Host) throws(ModuleError) -> any Module) -> ModuleTable {
        self.make = make
        table.version = MARTLET_ABI_VERSION
        table.size = UInt32(MemoryLayout<martlet_module_api>.size)
        table.ready_later = readyLater ? 1 : 0
        table.create = { api, instance in ModuleEntry.create(api, instance) }
        table.start = { context, twin in
            ModuleInstance.of(context)?.start(JSONText([UInt8](twin))) ?? HostError.argument.code
        }
        table.receive = { context, message in
            guard let message else { return }
            ModuleInstance.of(context)?.module.receive(IncomingMessage(message.pointee))
        }
        table.desired = { context, patch, version in
            ModuleInstance.of(context)?.module.desired(JSONText([UInt8](patch)), version: version)
        }
        table.invoke = { context, method, payload, call in
            guard let instance = ModuleInstance.of(context), let method, let call else { return HostError.argument.code }
            instance.module.invoke(
                MethodCall(
                    instance.host, call, method: Name(String(cString: method)), payload: JSONText([UInt8](payload))))
            return Int32(MARTLET_OK)
        }
        table.destroy = { context in
            guard let context else { return }
            Unmanaged<ModuleInstance>.fromOpaque(context).takeRetainedValue().end()
        }
        return withUnsafeMutablePointer(to: &table) { ModuleTable($0) }
    }

    private static func create(_ api: HostTable?, _ instance: OpaquePointer?) -> UnsafeMutableRawPointer? {
        guard let api, let instance, api.pointee.version == MARTLET_ABI_VERSION, Host.holdsEverything(api) else { return nil }
        guard let make else { return nil }
        let host = Host(api, instance)
        do throws(ModuleError) {
            return Unmanaged.passRetained(ModuleInstance(host, try make(host))).toOpaque()
        } catch {
            host.log(.error, error.reason)
            host.close()
            return nil
        }
    }
}

/// One instance: what the host's `self` points to.
private final class ModuleInstance {
    let host: Host
    let module: any Module

    init(_ host: Host, _ module: any Module) {
        self.host = host
        self.module = module
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> ModuleInstance? {
        guard let context else { return nil }
        return Unmanaged<ModuleInstance>.fromOpaque(context).takeUnretainedValue()
    }

    func start(_ twin: JSONText) -> Int32 {
        do throws(ModuleError) {
            try module.start(twin: twin)
            return Int32(MARTLET_OK)
        } catch {
            host.log(.error, error.reason)
            return HostError.failed.code
        }
    }

    func end() {
        module.stop()
        host.close()
    }
}
