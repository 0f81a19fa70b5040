import JSON
import Messages
import ModuleImages
import ModuleLinks
import UV

/// The other side of a `RemoteInstance`: runs the instance on this loop, which is that of a thread or of a child.
///
/// Messages wait for their turn; everything else is done as it comes, so that a stop waits for one batch of messages at most.
final class InstanceRunner {
    /// Messages between two looks for what else has come: so many, or those of so long.
    private static let batchCount = 256
    private static let batchNs: UInt64 = 1_000_000
    /// Handled bytes that are given back together.
    private static let creditBytes = RemoteInstance.window / 4

    private let loop: Loop
    private let table: HostTable
    private let marks: (_ module: Text, _ request: InstanceRequest) -> ModuleCalls?
    private let send: (UnsafeRawBufferPointer) -> Void
    private let splitter = FrameSplitter()
    /// Message frames that wait, no more than the host's window.
    private let messages = ByteQueue()
    private var isDelivering = false
    private var isOver = false
    private var handledBytes = 0
    private var host: RemoteHost?
    private var instance: (any ModuleInstance)?
    private var copy: ImageCopy?
    /// Not answered yet.
    private var calls: [UInt64: MethodCall] = [:]

    /// - Parameters:
    ///   - marks: makes what marks the calls into the module, on this thread; nil: nobody asks for them.
    ///   - send: gives frames to the host; waits while the host has much to read.
    init(
        loop: Loop, table: HostTable, marks: @escaping (_ module: Text, _ request: InstanceRequest) -> ModuleCalls?,
        send: @escaping (UnsafeRawBufferPointer) -> Void
    ) {
        self.loop = loop
        self.table = table
        self.marks = marks
        self.send = send
    }

    /// Any bytes from the host, valid until this returns.
    func received(_ bytes: UnsafeRawBufferPointer) {
        do throws(FrameError) {
            try splitter.feed(bytes) { (frame) throws(FrameError) in
                if frame[4] == HostFrame.messageKind {
                    messages.append(frame)
                } else {
                    handle(try HostFrame(frame))
                }
            }
        } catch {
            fail(InstanceError("what the host sends is not understood: \(error.reason)"))
        }
        deliverSoon()
    }

    private func handle(_ frame: HostFrame) {
        if case .start(let request) = frame { return start(request) }
        guard let host, let instance else { return }
        switch frame {
        case .start, .message: break
        case .desired(let patch, let version):
            host.desired(patch, version: version)
            instance.desired(patch, version: version)
        case .invoke(let number, let method, let payload):
            let call = MethodCall(method: method, payload: payload) { [self] in
                calls[number] = nil
                host.answer(number, $0)
            }
            calls[number] = call
            instance.invoke(call)
        case .cancel(let number): calls[number]?.end(.timedOut(reason: ""))
        case .sent(let id, let error): host.wasSent(id, error)
        case .reported(let id, let result): host.wasReported(id, result)
        case .outcome(let id, let outcome): host.wasInvoked(id, outcome)
        case .stop: stop()
        }
    }

    // MARK: - Messages

    private func deliverSoon() {
        guard !isDelivering, !messages.isEmpty else { return }
        isDelivering = true
        loop.soon { [self] in
            isDelivering = false
            deliver()
            deliverSoon()
        }
    }

    private func deliver() {
        guard let instance else { return }
        let begun = Loop.monotonicNs
        var count = 0
        while !isOver, !messages.isEmpty {
            do throws(FrameError) {
                let size = try FrameSplitter.length(messages.bytes) + 4
                let frame = try HostFrame(UnsafeRawBufferPointer(rebasing: messages.bytes[..<size]))
                messages.removeFirst(size)
                handledBytes += size
                if case .message(let delivery) = frame { _ = instance.deliver(delivery) }
            } catch {
                return fail(InstanceError("what the host sends is not understood: \(error.reason)"))
            }
            count += 1
            if count == Self.batchCount || Loop.monotonicNs - begun > Self.batchNs { break }
        }
        if let host, handledBytes >= Self.creditBytes || host.isHandledAwaited {
            host.write(.credit(UInt64(handledBytes)))
            host.isHandledAwaited = false
            handledBytes = 0
        }
        host?.flush()
    }

    // MARK: - Start and end

    private func start(_ json: JSONObject) {
        guard host == nil, let request = InstanceRequest(json), let device = json["device"]?.string,
            let module = json["module"]?.string, let twin = json["twin"]?.object
        else { return fail(InstanceError("the host's first frame is not understood")) }
        let marks = self.marks(module, request)
        let host = RemoteHost(loop: loop, deviceID: device, moduleName: module, twin: twin, mark: marks?.mark, send: send)
        self.host = host
        let copy = ImageCopy(path: request.path)
        self.copy = copy
        let instance = request.instance(on: loop, copy: copy, table: table, marks: marks, observer: host)
        self.instance = instance
        do throws(InstanceError) {
            try instance.start(port: host)
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: InstanceError) {
        end(.failed(error, stayedInMemory: copy?.isRetired ?? false))
    }

    private func stop() {
        instance?.stop()
        end(.ended(stayedInMemory: copy?.isRetired ?? false))
    }

    private func end(_ last: InstanceFrame) {
        instance = nil
        isOver = true
        messages.removeAll()
        if let host {
            host.write(last)
            host.flush()
        }
        loop.stop()
    }
}
