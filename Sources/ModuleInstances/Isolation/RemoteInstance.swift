import JSON
import Messages
import ModuleImages
import ModuleLinks
import UV

/// The host's side of an instance that runs on a loop of its own, in a thread or a process.
///
/// ```
///  hub ── deliver ──► window of message bytes ──► channel ──► the instance's loop
///      ── desired, invoke, answers, stop ───────► channel ──► before all messages that wait there
///      ◄─ send, report, invoke, log ◄──────────── channel ◄── which waits while much is unread here
/// ```
final class RemoteInstance: ModuleInstance {
    /// Bytes of messages that the instance has not handled yet; the hub keeps further ones in its own queue.
    static let window = 256 << 10
    /// So much is sent at once; the rest at the end of the turn.
    private static let batchBytes = 64 << 10

    private let loop: Loop
    private let channel: any InstanceChannel
    private let request: InstanceRequest
    /// The file that it loads in this process; nil in one of its own.
    private let copy: ImageCopy?
    private unowned(unsafe) let observer: any InstanceObserver
    private var port: (any HubPort)?
    private let splitter = FrameSplitter()
    private let outgoing = ByteQueue()
    private var calls = CallTable()
    /// Of message frames, on their way or not handled yet.
    private var unhandledBytes = 0
    /// Of message frames, ever.
    private var sentBytes: UInt64 = 0
    /// Receipts that are still to be given back, in their order, each with the bytes that were sent when its message was.
    private var receipts: [(end: UInt64, receipt: UInt64)] = []
    private var isBusy = false
    private var isOver = false
    /// Why it could not be started.
    private var refusal: InstanceError?

    /// - Parameter observer: outlives the instance.
    init(loop: Loop, channel: any InstanceChannel, request: InstanceRequest, copy: ImageCopy? = nil, observer: any InstanceObserver) {
        self.loop = loop
        self.channel = channel
        self.request = request
        self.copy = copy
        self.observer = observer
    }

    var processID: Int32? { channel.processID }
    var hanging: Text? { channel.hanging }

    func start(port: any HubPort) throws(InstanceError) {
        HostFrame.start(request.json(device: port.deviceID, module: port.moduleName, twin: port.twin())).write(to: outgoing)
        guard outgoing.count <= FrameSplitter.limit else {
            throw InstanceError("its settings and twin have \(outgoing.count) bytes; at most \(FrameSplitter.limit) are allowed")
        }
        try channel.open(self)
        self.port = port
        calls.forgot = { [self] in write(.cancel(call: UInt64($0))) }
        flush()
    }

    func stop() {
        write(.stop)
        flush()
        channel.stop()
    }

    func kill() {
        channel.kill()
    }

    // MARK: - To the instance

    private func write(_ frame: HostFrame) {
        if isOver { return }
        if outgoing.isEmpty { loop.atEndOfTurn { [self] in flush() } }
        frame.write(to: outgoing)
        if outgoing.count >= Self.batchBytes { flush() }
    }

    private func flush() {
        if outgoing.isEmpty { return }
        channel.send(outgoing.bytes)
        outgoing.removeAll()
    }

    // MARK: - From the instance

    /// From the channel: any bytes, valid until this returns.
    func received(_ bytes: UnsafeRawBufferPointer) {
        do throws(FrameError) {
            try splitter.feed(bytes) { (frame) throws(FrameError) in
                if let port { handle(try InstanceFrame(frame, sender: port.moduleName), port) }
            }
        } catch {
            port = nil
            channel.fail("what it sends to the host is not understood: \(error.reason)")
        }
    }

    private func handle(_ frame: InstanceFrame, _ port: any HubPort) {
        switch frame {
        case .ready: observer.instanceIsReady()
        case .send(0, let message): port.send(message, done: nil)
        case .send(let id, let message): port.send(message) { [self] in write(.sent(id: id, $0)) }
        case .report(let id, let patch): port.report(patch) { [self] in write(.reported(id: id, $0)) }
        case .invoke(let id, let module, let method, let payload, let timeoutMs):
            port.invoke(module: module, method: method, payload: payload, timeoutMs: timeoutMs) { [self] in
                write(.outcome(id: id, $0))
            }
        case .answer(let call, let outcome): Int(exactly: call).flatMap { calls.remove($0) }?.end(outcome)
        case .log(let level, let line): observer.instanceLogged(level: level, line: line)
        case .blocked(let call): observer.instanceBlocked(call)
        case .credit(let bytes): credit(bytes, port)
        case .failed(let error, let stayedInMemory):
            refusal = error
            leaves(stayedInMemory)
        case .ended(let stayedInMemory): leaves(stayedInMemory)
        }
    }

    private func leaves(_ stayedInMemory: Bool) {
        copy?.end(staysInMemory: stayedInMemory)
        channel.stop()
    }

    private func credit(_ bytes: UInt64, _ port: any HubPort) {
        guard bytes <= unhandledBytes else { return channel.fail("it gives back \(bytes) bytes and had \(unhandledBytes)") }
        unhandledBytes -= Int(bytes)
        giveReceipts(port)
        guard isBusy, unhandledBytes <= Self.window else { return }
        isBusy = false
        port.takesMore()
    }

    /// What is handled is handled in the order in which it was sent.
    private func giveReceipts(_ port: any HubPort) {
        if receipts.isEmpty { return }
        let handled = sentBytes - UInt64(unhandledBytes)
        let taken = receipts.prefix { $0.end <= handled }
        receipts.removeFirst(taken.count)
        for (_, receipt) in taken { port.took(receipt) }
    }

    /// From the channel: nothing more comes.
    func channelEnded(_ end: InstanceEnd) {
        isOver = true
        port = nil
        outgoing.removeAll()
        calls.forgot = nil
        calls.endAll()
        observer.instanceEnded(refusal.map { .refused($0) } ?? end)
    }
}

extension RemoteInstance: ModuleLink {
    func deliver(_ delivery: Delivery) -> Bool {
        guard !isOver else { return true }
        let size = HostFrame.size(of: delivery)
        unhandledBytes += size
        sentBytes += UInt64(size)
        if delivery.receipt != 0 { receipts.append((end: sentBytes, receipt: delivery.receipt)) }
        write(.message(delivery))
        isBusy = unhandledBytes > Self.window
        return !isBusy
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        write(.desired(patch, version: version))
    }

    func invoke(_ call: MethodCall) {
        guard !isOver else { return call.end(.notFound(reason: "the module ended")) }
        guard channel.unsentBytes <= ModuleProcess.unsentCallBytes else { return call.end(ModuleProcess.doesNotRead) }
        guard let number = calls.insert(call) else { return }
        write(.invoke(call: UInt64(number), method: call.method, payload: call.payload))
    }
}
