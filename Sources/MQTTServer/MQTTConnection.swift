import JSON
import MQTT
import ModuleIdentities
import Transport
import UV

/// One connection: bytes in, packets to the rules, bytes out.
///
/// ```
///  awaitingConnect ── CONNECT, token ──► authenticating ── session on disk ──► connected ──► closed
///        └─────────── 30 s, or anything but a good CONNECT ──────────────────────────────────┘
/// ```
final class MQTTConnection {
    let transport: Transport
    /// Closes its connections before it goes.
    unowned(unsafe) let server: MQTTServer
    private(set) var isOpen = true
    /// What may come next.
    var rules = ConnectionState()
    /// Whose connection it is, once that is known.
    var client: MQTTClient?

    // In.
    /// The beginning of a packet, and what came while nothing is taken.
    private var rest: [UInt8] = []
    private var isReading = true
    /// Of the client; nil until it is connected.
    var publisher: Publisher?
    var unacknowledged = AcknowledgementQueue()
    /// What is sent when it goes without a word.
    var will: Will?

    // Out.
    var output: [UInt8] = []
    var isDirty = false
    /// The hub waits until the client has read some of what it was given.
    var isHeldUp = false

    // Time.
    /// When the last bytes came that count, by the loop's clock.
    var heardAt: UInt64
    /// So long it may be silent.
    var patienceMs: UInt64
    /// Bytes that it had not read when it was looked at last and was not read from.
    private var unsentBefore = Int.max
    /// Of its token, in seconds since 1970.
    var tokenExpiry = Int64.max

    init(_ transport: Transport, server: MQTTServer) {
        self.transport = transport
        self.server = server
        heardAt = server.loop.now
        patienceMs = server.limits.connectMs
    }

    func open() {
        server.wake(at: heardAt + patienceMs)
        let connection = Unmanaged.passUnretained(self)
        transport.onDrain = { connection.takeUnretainedValue().madeRoom() }
        transport.read({ connection.takeUnretainedValue().take($0) }, end: { connection.takeUnretainedValue().inputEnded($0) })
    }

    private func inputEnded(_ error: TransportError?) {
        // That a client is simply gone is nothing to speak of.
        if let error, error.system == nil {
            server.say(client == nil ? .refused : .broken, 4, "\(shown) is disconnected: \(Text(error.message))")
        }
        if rules.phase == .awaitingConnect { server.counters.refusals += 1 }
        close()
    }

    /// Idempotent.
    /// - Parameter isGraceful: the client said goodbye, or the host ends: its will is not sent.
    func close(isGraceful: Bool = false) {
        guard isOpen else { return }
        isOpen = false
        rules.close()
        transport.close()
        rest = []
        let client = self.client
        self.client = nil
        client?.ended(self, isGraceful: isGraceful)
        server.left(self)
    }

    // MARK: - In

    private func take(_ bytes: UnsafeRawBufferPointer) {
        server.counters.bytesIn += UInt64(bytes.count)
        // Who has not shown who it is gets no more time by sending a byte now and then.
        if rules.isConnected { heardAt = server.loop.now }
        var bytes = bytes
        if !rest.isEmpty {
            takeRest()
            // Only what belongs to the packet that has begun is copied.
            while !rest.isEmpty && !bytes.isEmpty && canTake {
                let missing = Self.missingBytes(of: rest)
                let count = min(bytes.count, missing)
                // Memory for this packet, and no more.
                if rest.capacity < rest.count + count { rest.reserveCapacity(rest.count + min(missing, rules.packetLimit)) }
                rest.append(contentsOf: bytes.prefix(count))
                bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
                takeRest()
            }
        }
        if rest.isEmpty && canTake { bytes = UnsafeRawBufferPointer(rebasing: bytes[takePackets(bytes)...]) }
        // Behind a refusal nothing is looked at.
        if rules.phase != .closed && !bytes.isEmpty { rest.append(contentsOf: bytes) }
        pauseOrResume()
    }

    /// What was kept.
    private func takeRest() {
        guard !rest.isEmpty, canTake else { return }
        var kept = rest
        rest = []
        let used = kept.withUnsafeBytes { takePackets($0) }
        guard rules.phase != .closed, used < kept.count else { return }
        if used > 0 { kept.removeFirst(used) }
        rest = kept
    }

    /// - Returns: how many bytes were packets that are done.
    private func takePackets(_ bytes: UnsafeRawBufferPointer) -> Int {
        var used = 0
        while canTake && used < bytes.count {
            do throws(PacketError) {
                let left = UnsafeRawBufferPointer(rebasing: bytes[used...])
                guard let (packet, count) = try Packet.read(left, limit: rules.packetLimit) else { break }
                used += count
                if case .publish(let publish) = packet, rules.isConnected {
                    self.publish(publish, size: count)
                } else {
                    perform(rules.take(packet))
                }
            } catch {
                perform(rules.fail(error))
            }
        }
        return used
    }

    /// Bytes that the first packet lacks, as far as that can be seen; at least 1.
    private static func missingBytes(of bytes: [UInt8]) -> Int {
        var (length, shift, index) = (0, 0, 1)
        while index < min(5, bytes.count) {
            length |= Int(bytes[index] & 0x7F) << shift
            shift += 7
            index += 1
            if bytes[index - 1] < 0x80 { return max(1, index + length - bytes.count) }
        }
        return 1
    }

    private var canTake: Bool {
        switch rules.phase {
        case .awaitingConnect, .connected: !unacknowledged.isFull && unsentBytes <= server.limits.unsentBytes
        case .authenticating, .closed: false
        }
    }

    /// What comes is not read as long as what came waits for somebody: the other side feels it. What comes behind a refusal is thrown
    /// away.
    private func pauseOrResume() {
        guard isOpen else { return }
        let reads = canTake || rules.phase == .closed
        guard reads != isReading else { return }
        isReading = reads
        if reads { transport.resumeReading() } else { transport.pauseReading() }
    }

    /// There is room again, or the CONNECT was answered.
    func goOn() {
        guard !isReading, isOpen, canTake, unacknowledged.count <= MQTTLimits.unacknowledged / 2,
            unacknowledged.bytes <= MQTTLimits.unacknowledgedBytes / 2
        else { return }
        takeRest()
        pauseOrResume()
    }

    // MARK: - Time

    /// - Returns: when to look again; `UInt64.max`: it is closed.
    func check(_ now: UInt64) -> UInt64 {
        if client != nil, server.isOver(tokenExpiry) {
            tokenEnded()
            return UInt64.max
        }
        // Its silence is ours: it was not read from. Who takes what it is sent, however slowly, is there.
        let unsent = isReading ? Int.max : unsentBytes
        if unacknowledged.isFull || unsent < unsentBefore { heardAt = now }
        unsentBefore = unsent
        guard now >= heardAt + patienceMs else { return heardAt + patienceMs }
        timedOut()
        return UInt64.max
    }
}
