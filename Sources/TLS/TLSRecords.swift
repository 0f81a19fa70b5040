/// The records of an open session, both directions. It keeps no bytes but those of a record that is not whole yet.
final class TLSRecords {
    /// Bytes of plaintext in a record that is written: 16 KB, or what the client asked for (RFC 6066, 4).
    let mostPlaintext: Int
    private let reader: RecordCipher
    private let writer: RecordCipher
    /// The beginning of a record whose rest has not come.
    private var partial: UnsafeMutableRawBufferPointer?
    private var partialCount = 0
    /// The client will write nothing more.
    private(set) var hasEnded = false

    init(reader: RecordCipher, writer: RecordCipher, mostPlaintext: Int) {
        self.reader = reader
        self.writer = writer
        self.mostPlaintext = mostPlaintext
    }

    deinit {
        partial?.deallocate()
    }

    /// Bytes that each written record has beyond its plaintext.
    var overhead: Int { writer.overhead }

    /// Writes one record.
    func seal(_ type: RecordType, _ plaintext: UnsafeRawBufferPointer, into record: UnsafeMutableRawPointer) -> Int {
        writer.seal(type, plaintext, into: record)
    }

    /// Decrypts what came, in place.
    /// - Parameter plaintext: takes what records held, valid until it returns: at most twice, what was begun before and the rest.
    func receive(_ bytes: UnsafeMutableRawBufferPointer, _ plaintext: (UnsafeRawBufferPointer) -> Void) throws(TLSError) {
        var rest = try completePartial(bytes, plaintext)
        // Plaintext is shorter than its records: all of it is brought together at the front.
        let front = rest.baseAddress
        var filled = 0
        defer { if let front, filled > 0 { plaintext(UnsafeRawBufferPointer(start: front, count: filled)) } }
        while !hasEnded, let length = try Self.recordLength(rest), length <= rest.count {
            let content = try take(UnsafeMutableRawBufferPointer(rebasing: rest[..<length]))
            if let front, let base = content.baseAddress, !content.isEmpty {
                (front + filled).copyMemory(from: base, byteCount: content.count)
                filled += content.count
            }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[length...])
        }
        if !hasEnded { try keep(rest) }
    }

    /// Adds to the record that was begun before.
    /// - Returns: what is behind it.
    private func completePartial(
        _ bytes: UnsafeMutableRawBufferPointer, _ plaintext: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) -> UnsafeMutableRawBufferPointer {
        var rest = bytes
        while let partial, !rest.isEmpty {
            let taken = min(partial.count - partialCount, rest.count)
            UnsafeMutableRawBufferPointer(rebasing: partial[partialCount..<(partialCount + taken)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<taken]))
            partialCount += taken
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[taken...])
            guard partialCount == partial.count else { break }
            self.partial = nil
            partialCount = 0
            defer { partial.deallocate() }
            if partial.count == RecordCipher.headerLength {
                // The header was not whole; now it says how much room the record needs.
                try keep(partial)
            } else {
                let content = try take(partial)
                if !content.isEmpty { plaintext(content) }
            }
        }
        return rest
    }

    /// Copies the beginning of a record into memory for all of it.
    private func keep(_ rest: UnsafeMutableRawBufferPointer) throws(TLSError) {
        guard !rest.isEmpty else { return }
        let room = try Self.recordLength(rest) ?? RecordCipher.headerLength
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
        memory.copyMemory(from: UnsafeRawBufferPointer(rest))
        partial = memory
        partialCount = rest.count
    }

    /// The bytes of the record that begins here, with its header; nil: the header is not whole.
    private static func recordLength(_ bytes: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int? {
        guard bytes.count >= RecordCipher.headerLength else { return nil }
        guard bytes[1] == 3, bytes[2] == 3 else { throw TLSError("a record was not of TLS 1.2", alert: 70) }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        guard length > 0, length <= RecordCipher.mostPlaintext + RecordCipher.mostOverhead - RecordCipher.headerLength else {
            throw TLSError("a record has \(length) bytes; at most 16 KB and what its cipher adds are right", alert: 22)
        }
        return RecordCipher.headerLength + length
    }

    /// The application's bytes of a whole record; alerts are handled.
    private func take(_ record: UnsafeMutableRawBufferPointer) throws(TLSError) -> UnsafeRawBufferPointer {
        let type = RecordType(rawValue: record[0])
        let content = try reader.open(record)
        switch type {
        case .applicationData: return content
        case .alert:
            guard content.count == 2 else { throw TLSError("an alert has 2 bytes", alert: 50) }
            if content[1] == 0 {
                hasEnded = true
            } else if content[0] != 1 {
                throw TLSHandshake.refusal(content[1])
            }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        case .handshake: throw TLSError("the client wants to renegotiate, which is not offered", alert: 100)
        case .changeCipherSpec, nil: throw TLSError("a record of type \(record[0]) came behind the handshake", alert: 10)
        }
    }
}
