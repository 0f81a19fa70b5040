import JSON
import Messages
import ModuleLinks
import UV

/// What the host says to an instance on another loop.
enum HostFrame {
    /// The first one: what to run, and for whom. See `InstanceRequest`.
    case start(JSONObject)
    case message(Delivery)
    case desired(JSONObject, version: UInt64)
    case invoke(call: UInt64, method: Text, payload: JSON)
    /// Nobody waits for the answer any longer.
    case cancel(call: UInt64)
    /// A message was accepted, or why not.
    case sent(id: UInt64, HubError?)
    /// Reported properties have a new version, or why not.
    case reported(id: UInt64, Result<UInt64, HubError>)
    /// How a direct method of another module ended.
    case outcome(id: UInt64, MethodOutcome)
    case stop

    /// Frames of this kind wait for their turn, and their bytes are given back as credit; all others are handled as they come.
    static let messageKind: UInt8 = 2

    /// The bytes of a message frame.
    static func size(of delivery: Delivery) -> Int {
        FrameSplitter.headerBytes + 8 + 1 + 4 + delivery.input.utf8.count + MessageCodec.size(of: delivery.message)
    }

    func write(to queue: ByteQueue) {
        switch self {
        case .start(let request):
            let start = queue.beginFrame(1)
            queue.rest(.object(request))
            queue.endFrame(start)
        case .message(let delivery):
            let start = queue.beginFrame(Self.messageKind)
            queue.longNumber(UInt64(bitPattern: delivery.enqueuedMs))
            queue.byte(delivery.receipt == 0 ? 0 : 1)
            queue.text(delivery.input)
            queue.rest(delivery.message)
            queue.endFrame(start)
        case .desired(let patch, let version):
            let start = queue.beginFrame(3)
            queue.longNumber(version)
            queue.rest(.object(patch))
            queue.endFrame(start)
        case .invoke(let call, let method, let payload):
            let start = queue.beginFrame(4)
            queue.longNumber(call)
            queue.text(method)
            queue.rest(payload)
            queue.endFrame(start)
        case .sent(let id, let error):
            let start = queue.beginFrame(5)
            queue.longNumber(id)
            queue.error(error)
            queue.endFrame(start)
        case .reported(let id, let result):
            let start = queue.beginFrame(6)
            queue.longNumber(id)
            switch result {
            case .success(let version):
                queue.error(nil)
                queue.longNumber(version)
            case .failure(let error): queue.error(error)
            }
            queue.endFrame(start)
        case .outcome(let id, let outcome):
            let start = queue.beginFrame(7)
            queue.longNumber(id)
            queue.outcome(outcome)
            queue.endFrame(start)
        case .stop:
            queue.endFrame(queue.beginFrame(8))
        case .cancel(let call):
            let start = queue.beginFrame(9)
            queue.longNumber(call)
            queue.endFrame(start)
        }
    }

    /// - Throws: it is not understood.
    init(_ frame: UnsafeRawBufferPointer) throws(FrameError) {
        var reader = ByteReader(frame)
        _ = reader.number()
        let kind = reader.byte() ?? 0
        guard let read = Self.read(kind, &reader), reader.isAtEnd else {
            throw FrameError("a frame of kind \(kind) and \(frame.count) bytes is not understood")
        }
        self = read
    }

    private static func read(_ kind: UInt8, _ reader: inout ByteReader) -> HostFrame? {
        switch kind {
        case 1: return reader.json()?.object.map { .start($0) }
        case messageKind:
            guard let enqueuedMs = reader.longNumber(), let isAwaited = reader.byte(), isAwaited <= 1, let input = reader.text() else {
                return nil
            }
            return MessageCodec.decode(reader.rest()).map {
                .message(Delivery($0, input: input, enqueuedMs: Int64(bitPattern: enqueuedMs), receipt: UInt64(isAwaited)))
            }
        case 3:
            guard let version = reader.longNumber() else { return nil }
            return reader.json()?.object.map { .desired($0, version: version) }
        case 4:
            guard let call = reader.longNumber(), let method = reader.text() else { return nil }
            return reader.json().map { .invoke(call: call, method: method, payload: $0) }
        case 5:
            guard let id = reader.longNumber(), let error = reader.error() else { return nil }
            return .sent(id: id, error)
        case 6:
            guard let id = reader.longNumber(), let error = reader.error() else { return nil }
            if let error { return .reported(id: id, .failure(error)) }
            return reader.longNumber().map { .reported(id: id, .success($0)) }
        case 7:
            guard let id = reader.longNumber() else { return nil }
            return reader.outcome().map { .outcome(id: id, $0) }
        case 8: return .stop
        case 9: return reader.longNumber().map { .cancel(call: $0) }
        default: return nil
        }
    }
}
