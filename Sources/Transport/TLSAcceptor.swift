public import TLS
public import UV

/// Makes the handshakes of TLS connections, fairly and without holding up the loop: one costly step a turn for all of them.
///
/// Such a step takes 1 ms on a PC and 20 ms on a small board. One acceptor may serve several ports.
public final class TLSAcceptor {
    let loop: Loop
    let server: TLSServer
    private var waiting: [Transport] = []
    private var first = 0
    private var isScheduled = false
    private var memory: UnsafeMutableRawBufferPointer?

    /// Handshakes that succeeded, ever.
    public private(set) var handshakes: UInt64 = 0
    /// Handshakes that failed, ever.
    public private(set) var failures: UInt64 = 0

    /// Records that are encrypted before they are handed to the system together.
    private static let recordsTogether = 4

    /// - Parameter server: says what is offered, and with which certificate.
    public init(_ loop: Loop, _ server: TLSServer) {
        self.loop = loop
        self.server = server
    }

    deinit {
        memory?.deallocate()
    }

    /// The one place in which records are encrypted.
    var room: UnsafeMutableRawBufferPointer {
        if let memory { return memory }
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.recordsTogether * TLSSession.mostRecordLength, alignment: 16)
        self.memory = memory
        return memory
    }

    /// A connection that can go on with its handshake queues up.
    func enqueue(_ transport: Transport) {
        waiting.append(transport)
        schedule()
    }

    func finished(_ isGood: Bool) {
        if isGood { handshakes += 1 } else { failures += 1 }
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        loop.soon { [self] in
            isScheduled = false
            step()
        }
    }

    /// Closed connections cost no turn.
    private func step() {
        while first < waiting.count {
            let transport = waiting[first]
            first += 1
            if transport.advanceHandshake() { break }
        }
        if first == waiting.count {
            waiting = []
            first = 0
        } else {
            if first > 64 {
                waiting.removeFirst(first)
                first = 0
            }
            schedule()
        }
    }
}
