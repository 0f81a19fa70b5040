import JSON
import Messages
import ModuleLinks
import UV

/// What an instance on another loop says to the host.
enum InstanceFrame {
    /// Start-up is complete.
    case ready
    /// `id` 0: nobody waits for the answer.
    case send(id: UInt64, Message)
    case report(id: UInt64, JSONObject)
    case invoke(id: UInt64, module: Text, method: Text, payload: JSON, timeoutMs: UInt64)
    /// The answer to a direct method call of the host.
    case answer(call: UInt64, MethodOutcome)
    case log(level: Int32, Text)
    /// A call into the module does not return, or has returned after all. From the watchdog of a child.
    case blocked(BlockedCall)
    /// So many bytes of message frames have been handled.
    case credit(UInt64)
    /// It could not be started. Nothing else follows.
    case failed(InstanceError, stayedInMemory: Bool)
    /// It is over, in order. Nothing else follows.
    case ended(stayedInMemory: Bool)

    private static let sendKind: UInt8 = 18

    func write(to queue: ByteQueue) {
        switch self {
        case .ready:
            queue.endFrame(queue.beginFrame(17))
        case .send(let id, let message):
            let start = queue.beginFrame(Self.sendKind)
            queue.longNumber(id)
            queue.rest(message)
            queue.endFrame(start)
        case .report(let id, let patch):
            let start = queue.beginFrame(19)
            queue.longNumber(id)
            queue.rest(.object(patch))
            queue.endFrame(start)
        case .invoke(let id, let module, let method, let payload, let timeoutMs):
            let start = queue.beginFrame(20)
            queue.longNumber(id)
            queue.longNumber(timeoutMs)
            queue.text(module)
            queue.text(method)
            queue.rest(payload)
            queue.endFrame(start)
        case .answer(let call, let outcome):
            let start = queue.beginFrame(21)
            queue.longNumber(call)
            queue.outcome(outcome)
            queue.endFrame(start)
        case .log(let level, let line):
            let start = queue.beginFrame(22)
            queue.byte(UInt8(clamping: level))
            queue.rest(line)
            queue.endFrame(start)
        case .credit(let bytes):
            let start = queue.beginFrame(23)
            queue.longNumber(bytes)
            queue.endFrame(start)
        case .blocked(let call):
            call.writeFrame(to: queue.room(for: BlockedCall.frameSize))
            queue.grow(by: BlockedCall.frameSize)
        case .failed(let error, let stayedInMemory):
            let start = queue.beginFrame(24)
            queue.byte((error.isLasting ? 1 : 0) | (stayedInMemory ? 2 : 0))
            queue.rest(error.reason)
            queue.endFrame(start)
        case .ended(let stayedInMemory):
            let start = queue.beginFrame(25)
            queue.byte(stayedInMemory ? 1 : 0)
            queue.endFrame(start)
        }
    }

    /// - Parameter sender: whose messages these are.
    /// - Throws: it is not understood.
    init(_ frame: UnsafeRawBufferPointer, sender: Text) throws(FrameError) {
        var reader = ByteReader(frame)
        _ = reader.number()
        let kind = reader.byte() ?? 0
        guard let read = Self.read(kind, &reader, sender), reader.isAtEnd else {
            throw FrameError("a frame of kind \(kind) and \(frame.count) bytes is not understood")
        }
        self = read
    }

    private static func read(_ kind: UInt8, _ reader: inout ByteReader, _ sender: Text) -> InstanceFrame? {
        switch kind {
        case 17: return .ready
        case sendKind:
            guard let id = reader.longNumber() else { return nil }
            return MessageCodec.decode(reader.rest(), sender: sender).map { .send(id: id, $0) }
        case 19:
            guard let id = reader.longNumber() else { return nil }
            return reader.json()?.object.map { .report(id: id, $0) }
        case 20:
            guard let id = reader.longNumber(), let timeoutMs = reader.longNumber(), let module = reader.text(),
                let method = reader.text()
            else { return nil }
            return reader.json().map { .invoke(id: id, module: module, method: method, payload: $0, timeoutMs: timeoutMs) }
        case 21:
            guard let call = reader.longNumber() else { return nil }
            return reader.outcome().map { .answer(call: call, $0) }
        case 22: return reader.byte().map { .log(level: Int32(min($0, 7)), Text(utf8: reader.rest())) }
        case 23: return reader.longNumber().map { .credit($0) }
        case 24:
            guard let flags = reader.byte() else { return nil }
            return .failed(InstanceError(Text(utf8: reader.rest()), isLasting: flags & 1 != 0), stayedInMemory: flags & 2 != 0)
        case 25: return reader.byte().map { .ended(stayedInMemory: $0 != 0) }
        case BlockedCall.frameKind:
            guard let function = reader.byte().flatMap({ ModuleFunction(rawValue: UInt($0)) }), let hasReturned = reader.byte(),
                let ms = reader.longNumber()
            else { return nil }
            return .blocked(BlockedCall(function: function, ms: ms, hasReturned: hasReturned != 0, place: .process))
        default: return nil
        }
    }
}
