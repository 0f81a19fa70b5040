import CMartlet
import JSON
import Messages
import ModuleImages
import ModuleLinks
import UV

/// An instance of a shared library on the host's own loop: a call per message.
final class LibraryInstance: ModuleInstance {
    let processID: Int32? = nil

    let loop: Loop
    private let copy: ImageCopy
    private let table: HostTable
    private unowned(unsafe) let observer: any InstanceObserver
    private var library: ModuleLibrary?
    private var state: UnsafeMutableRawPointer?
    /// nil before the start and after destroy: then every host function answers with an error.
    private(set) var port: (any HubPort)?
    /// What `host->twin` returned last: valid until the next call, or destroy.
    private var twinCopy: UnsafeMutableRawBufferPointer?
    var timers = TimerTable()
    var outputs = OutputNames()
    /// Direct method calls that the module has not answered yet.
    var calls = CallTable()

    /// - Parameter observer: outlives the instance.
    init(loop: Loop, copy: ImageCopy, table: HostTable, observer: any InstanceObserver) {
        self.loop = loop
        self.copy = copy
        self.table = table
        self.observer = observer
    }

    private var module: UnsafePointer<martlet_module_api>? { library?.table }

    /// The host's side of the module's `martlet_instance`: valid from create to destroy.
    var handle: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    func start(port: any HubPort) throws(InstanceError) {
        self.port = port
        do throws(InstanceError) {
            library = try ModuleLibrary(path: copy.path, host: table)
            try create()
        } catch {
            destroy()
            throw error
        }
    }

    func stop() {
        destroy()
        observer.instanceEnded(.exited(code: 0))
    }

    func kill() {}

    /// A line that is longer than any process's may be is cut off.
    func log(level: Int32, _ line: Text) {
        let limit = ModuleProcess.logLineLimit
        observer.instanceLogged(level: level, line: line.utf8.count <= limit ? line : Text(utf8: line.utf8.prefix(limit)))
    }

    func ready() {
        observer.instanceIsReady()
    }

    private func create() throws(InstanceError) {
        guard let module, let create = module.pointee.create else { return }
        guard let state = create(table.pointer, handle) else {
            throw InstanceError("the module's create returned NULL; its log may say why")
        }
        self.state = state
        if let start = module.pointee.start {
            let result = twin().withUnsafeBytes { start(state, martlet_bytes($0)) }
            guard result == MARTLET_OK else {
                throw InstanceError("the module's start returned \(result) (\(ResultCode.text(result)))")
            }
        }
        if module.pointee.ready_later == 0 { observer.instanceIsReady() }
    }

    /// Ends everything, in the order in which nothing can call what is gone.
    private func destroy() {
        timers.removeAll()
        if let module, let state {
            self.state = nil
            module.pointee.destroy?(state)
        }
        timers.removeAll()
        port = nil
        calls.endAll()
        twinCopy?.deallocate()
        twinCopy = nil
        library?.close()
        library = nil
        // One that was refused may have stayed in memory too.
        if SharedLibrary.isLoaded(path: copy.path) { copy.retire() }
    }

    func twin() -> [UInt8] {
        guard let port else { return [] }
        return JSON.object(port.twin()).bytes()
    }

    /// Keeps bytes where C can read them until the next call.
    func keep(_ bytes: [UInt8]) -> martlet_bytes {
        twinCopy?.deallocate()
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        twinCopy = copy
        return martlet_bytes(UnsafeRawBufferPointer(copy))
    }

    /// Calls the module back, unless it is gone meanwhile.
    func ifAlive(_ body: () -> Void) {
        if state != nil { body() }
    }
}

extension LibraryInstance: ModuleLink {
    func deliver(_ message: Message, input: Text) -> Bool {
        guard let state, let receive = module?.pointee.receive else { return true }
        message.withCMessage(name: input) { receive(state, $0) }
        return true
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        guard let state, let desired = module?.pointee.desired else { return }
        var versioned = patch
        versioned["$version"] = .integer(Int64(version))
        JSON.object(versioned).bytes().withUnsafeBytes { desired(state, martlet_bytes($0), version) }
    }

    func invoke(_ call: MethodCall) {
        guard let state, let invoke = module?.pointee.invoke else {
            call.end(.notFound(reason: "the module has no direct methods"))
            return
        }
        guard let number = calls.insert(call) else { return }
        let result = call.payload.bytes().withUnsafeBytes { bytes in
            call.method.string.withCString { invoke(state, $0, martlet_bytes(bytes), OpaquePointer(bitPattern: number)) }
        }
        guard result != MARTLET_OK, let unanswered = calls.remove(number) else { return }
        unanswered.end(.answered(status: 500, payload: ["message": .string(ResultCode.text(result))]))
    }
}
