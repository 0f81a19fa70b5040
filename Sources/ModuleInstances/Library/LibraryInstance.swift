import CMartlet
import JSON
import Messages
import ModuleImages
import ModuleLinks
import UV

/// An instance of a shared library on the thread of a loop: a call per message.
final class LibraryInstance: ModuleInstance {
    let processID: Int32? = nil

    let loop: Loop
    private let copy: ImageCopy
    private let table: HostTable
    private let threads: ThreadLedger?
    private var guest: Int?
    private unowned(unsafe) let observer: any InstanceObserver
    private var library: ModuleLibrary?
    private var state: UnsafeMutableRawPointer?
    private var handle: InstanceHandle?
    /// nil before the start and after destroy: then every host function answers with an error.
    private(set) var port: (any HubPort)?
    /// What `host->twin` returned last: valid until the next call, or destroy.
    private var twinCopy: UnsafeMutableRawBufferPointer?
    var timers = TimerTable()
    var outputs = OutputNames()
    private var hubProperties = HubProperties(device: "")
    var watches = WatchTable()
    private let marks: ModuleCalls?
    private let mark: CallMark?
    /// Direct method calls that the module has not answered yet.
    var calls = CallTable()

    /// - Parameters:
    ///   - loop: of the thread that all of this is called on, now and later.
    ///   - copy: of no other instance of this process; retired where the library does not leave memory.
    ///   - threads: where threads of modules are looked for that outlive them; nil: nowhere.
    ///   - marks: mark the calls into it; nil: nobody needs to know.
    ///   - observer: outlives the instance.
    init(loop: Loop, copy: ImageCopy, table: HostTable, threads: ThreadLedger?, marks: ModuleCalls?, observer: any InstanceObserver) {
        self.loop = loop
        self.copy = copy
        self.table = table
        self.threads = threads
        self.marks = marks
        mark = marks?.mark
        self.observer = observer
    }

    /// Every call of the module's own code is inside of one of these.
    @inline(__always)
    private func call<Result>(_ function: ModuleFunction, _ body: () -> Result) -> Result {
        let outer = mark.enter(function)
        defer { mark.leave(outer) }
        return body()
    }

    /// Calls back what the module gave, unless the module is gone meanwhile.
    func callBack(_ function: ModuleFunction, _ body: () -> Void) {
        if state != nil { call(function, body) }
    }

    func start(port: any HubPort) throws(InstanceError) {
        self.port = port
        hubProperties = HubProperties(device: port.deviceID)
        do throws(InstanceError) {
            guest = threads?.begin()
            defer { if let guest { threads?.didStart(guest) } }
            let handle = try InstanceHandle(self, table)
            self.handle = handle
            try load()
            try create(handle)
        } catch {
            destroy()
            throw error
        }
    }

    private func load() throws(InstanceError) {
        let result: Result<ModuleLibrary, InstanceError> = call(.load) {
            do throws(InstanceError) {
                return .success(try ModuleLibrary(path: copy.path, host: table))
            } catch {
                return .failure(error)
            }
        }
        let library = try result.get()
        self.library = library
        if let address = library.address { marks?.loaded(address) }
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

    private func create(_ handle: InstanceHandle) throws(InstanceError) {
        guard let module = library?.table, let create = module.create else { return }
        guard let state = call(.create, { create(table.pointer, handle.pointer) }) else {
            throw InstanceError("the module's create returned NULL; its log may say why")
        }
        self.state = state
        if let start = module.start {
            let result = twin().withUnsafeBytes { twin in call(.start) { start(state, martlet_bytes(twin)) } }
            guard result == MARTLET_OK else {
                throw InstanceError("the module's start returned \(result) (\(ResultCode.text(result)))")
            }
        }
        if module.ready_later == 0 { observer.instanceIsReady() }
    }

    /// Ends everything, in the order in which nothing can call what is gone.
    private func destroy() {
        endEvents()
        handle?.endPosts()
        if let destroy = library?.table.destroy, let state {
            self.state = nil
            call(.destroy) { destroy(state) }
        }
        endEvents()
        port = nil
        calls.endAll()
        twinCopy?.deallocate()
        twinCopy = nil
        unload()
    }

    private func endEvents() {
        timers.removeAll()
        watches.removeAll()
    }

    /// The library stays where a thread would go on in memory that is not there any more.
    private func unload() {
        let left = guest.flatMap { threads?.leftover(of: $0) } ?? 0
        guest = nil
        handle?.end(staysForEver: left > 0)
        handle = nil
        if let library, left > 0 {
            log(
                level: 4,
                "a thread of the module still runs after destroy, so its library stays in memory; end and join threads in destroy")
            library.keepLoaded()
            marks?.staysLoaded()
        } else if let library {
            call(.unload) { library.close() }
        }
        library = nil
        // One that was refused may have stayed in memory too.
        copy.end(staysInMemory: SharedLibrary.isLoaded(path: copy.path))
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

    func deliver(_ delivery: Delivery) -> Bool {
        guard let state else { return true }
        if let receive = library?.table.receive {
            let properties = hubProperties.list(of: delivery)
            delivery.withCMessage(properties) { message in call(.receive) { receive(state, message) } }
        }
        if delivery.receipt != 0 { port?.took(delivery.receipt) }
        return true
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        guard let state, let desired = library?.table.desired else { return }
        var versioned = patch
        versioned["$version"] = .integer(Int64(version))
        JSON.object(versioned).bytes().withUnsafeBytes { bytes in
            call(.desired) { desired(state, martlet_bytes(bytes), version) }
        }
    }

    func invoke(_ call: MethodCall) {
        guard let state, let invoke = library?.table.invoke else {
            call.end(.notFound(reason: "the module has no direct methods"))
            return
        }
        guard let number = calls.insert(call) else { return }
        let result = call.payload.bytes().withUnsafeBytes { bytes in
            call.method.string.withCString { method in
                self.call(.invoke) { invoke(state, method, martlet_bytes(bytes), OpaquePointer(bitPattern: number)) }
            }
        }
        guard result != MARTLET_OK, let unanswered = calls.remove(number) else { return }
        unanswered.end(.answered(status: 500, payload: ["message": .string(ResultCode.text(result))]))
    }
}
