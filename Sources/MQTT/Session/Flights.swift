/// Messages on their way to a client, by packet identifier: at most `MQTTLimits.inFlight`, each step in constant time.
///
/// An identifier stands at the place of its lower bits, so that no two of one place are given at once. Messages have identifiers below
/// 32768, notices, which are never sent again, those above.
struct Flights {
    private struct Flight {
        /// 0: the place is free.
        var id: UInt16
        var receipt: UInt64
    }

    private static let notices: UInt16 = 0x8000

    /// A power of two, at most 256, or none.
    private var flights: [Flight] = []
    /// What the connection before did not acknowledge: delivered again, it gets its identifier of then. [MQTT-4.4.0-1]
    private var before: [Flight] = []
    /// How many new messages came since the hub last gave one of those before, which it gives first.
    private var misses = 0
    private var last: UInt16 = 0
    private var lastNotice: UInt16 = 0
    private(set) var count = 0
    /// Notices that are not acknowledged.
    private(set) var noticeCount = 0

    /// The identifier of a message that is sent at QoS 1; nil: too many are under way.
    mutating func begin(_ receipt: UInt64) -> (id: UInt16, isDuplicate: Bool)? {
        if !before.isEmpty, let id = takeBefore(receipt) {
            put(Flight(id: id, receipt: receipt))
            return (id, true)
        }
        guard count < MQTTLimits.inFlight else { return nil }
        if count * 2 >= flights.count && flights.count < MQTTLimits.inFlight { resize(to: max(8, flights.count * 2)) }
        for _ in 0...MQTTLimits.inFlight {
            last = last >= Self.notices - 1 ? 1 : last + 1
            if flights[place(last)].id == 0 && !isBefore(last) {
                put(Flight(id: last, receipt: receipt))
                return (last, false)
            }
        }
        // All places are those of messages of before, and the hub, which gives them first, gives another: they do not come again.
        before = []
        return begin(receipt)
    }

    /// The identifier of a notice; nil: too many are under way.
    mutating func beginNotice() -> UInt16? {
        guard noticeCount < MQTTLimits.inFlight else { return nil }
        noticeCount += 1
        lastNotice = lastNotice == UInt16.max || lastNotice < Self.notices ? Self.notices : lastNotice + 1
        return lastNotice
    }

    /// The client has it.
    mutating func end(_ id: UInt16) -> ClientSession.Acknowledged {
        if id >= Self.notices {
            guard noticeCount > 0 else { return .unknown }
            noticeCount -= 1
            return .notice
        }
        guard !flights.isEmpty, flights[place(id)].id == id, id != 0 else { return .unknown }
        let receipt = flights[place(id)].receipt
        flights[place(id)].id = 0
        count -= 1
        return .message(receipt)
    }

    /// A message that is now sent at QoS 0 needs its identifier no longer.
    mutating func forget(_ receipt: UInt64) {
        if !before.isEmpty { _ = takeBefore(receipt) }
    }

    /// The connection is gone: what is under way may come again with the next one.
    mutating func disconnect() {
        let open = flights.filter { $0.id != 0 }
        // Of what is left of the connection before that, the hub knows best whether it comes again.
        let older = before.filter { old in open.allSatisfy { $0.id != old.id } }
        before = open + older.prefix(MQTTLimits.inFlight - open.count)
        flights = []
        (count, noticeCount, misses) = (0, 0, 0)
    }

    private func place(_ id: UInt16) -> Int { Int(id) & (flights.count - 1) }

    private func isBefore(_ id: UInt16) -> Bool {
        !before.isEmpty && before.contains { ($0.id ^ id) & UInt16(MQTTLimits.inFlight - 1) == 0 }
    }

    private mutating func takeBefore(_ receipt: UInt64) -> UInt16? {
        guard let index = before.firstIndex(where: { $0.receipt == receipt }) else {
            misses += 1
            if misses > MQTTLimits.inFlight { before = [] }
            return nil
        }
        return before.remove(at: index).id
    }

    private mutating func put(_ flight: Flight) {
        // In a table of full size no two identifiers that are known share a place: `begin` saw to it.
        while flights.isEmpty || flights[place(flight.id)].id != 0 && flights.count < MQTTLimits.inFlight {
            resize(to: max(8, flights.count * 2))
        }
        flights[place(flight.id)] = flight
        count += 1
    }

    private mutating func resize(to size: Int) {
        let old = flights
        flights = [Flight](repeating: Flight(id: 0, receipt: 0), count: size)
        for flight in old where flight.id != 0 { flights[place(flight.id)] = flight }
    }
}
