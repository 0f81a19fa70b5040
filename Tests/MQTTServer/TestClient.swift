import Testing
import UV

/// A client on a unix socket, which says what it is told to say and keeps what it hears.
final class TestClient {
    private(set) var stream: Stream?
    /// What came and is not a whole packet yet.
    private var rest: [UInt8] = []
    /// Whole packets that came.
    private(set) var packets: [ReceivedPacket] = []
    private(set) var isClosed = false
    /// What is sent before the connection stands.
    private var waiting: [UInt8] = []

    init(_ loop: Loop, path: String) {
        Stream.connect(loop, unixPath: path) { [self] result in
            guard case .success(let stream) = result else {
                isClosed = true
                return
            }
            self.stream = stream
            stream.read({ [self] in take($0) }, end: { [self] _ in isClosed = true })
            stream.write(waiting)
        }
    }

    func send(_ bytes: [UInt8]) {
        if let stream { stream.write(bytes) } else { waiting += bytes }
    }

    func close() { stream?.close() }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        rest += bytes
        while let (packet, count) = ReceivedPacket.read(rest) {
            packets.append(packet)
            rest.removeFirst(count)
        }
    }

    /// Takes the packets that came out.
    func takePackets() -> [ReceivedPacket] {
        defer { packets = [] }
        return packets
    }

    /// The first that came.
    func publish(at place: SourceLocation = #_sourceLocation) throws -> ReceivedPacket {
        try #require(publishes.first, sourceLocation: place)
    }

    var publishes: [ReceivedPacket] { packets.filter { $0.kind == 3 } }
}

/// A packet that the server sent.
struct ReceivedPacket: Equatable {
    let first: UInt8
    let body: [UInt8]

    var kind: UInt8 { first >> 4 }
    var quality: UInt8 { first >> 1 & 3 }
    var isDuplicate: Bool { first & 8 != 0 }

    static func read(_ bytes: [UInt8]) -> (ReceivedPacket, Int)? {
        var (length, shift, place) = (0, 0, 1)
        while true {
            guard place < bytes.count else { return nil }
            length |= Int(bytes[place] & 127) << shift
            shift += 7
            place += 1
            if bytes[place - 1] < 128 { break }
        }
        guard bytes.count >= place + length else { return nil }
        return (ReceivedPacket(first: bytes[0], body: Array(bytes[place..<place + length])), place + length)
    }

    // Of a PUBLISH.
    private var topicLength: Int { Int(body[0]) << 8 | Int(body[1]) }
    var topic: String { String(decoding: body[2..<2 + topicLength], as: UTF8.self) }
    var id: UInt16 {
        let place = kind == 3 ? 2 + topicLength : 0
        return UInt16(body[place]) << 8 | UInt16(body[place + 1])
    }
    var payload: String { String(decoding: body[(2 + topicLength + (quality > 0 ? 2 : 0))...], as: UTF8.self) }
}
