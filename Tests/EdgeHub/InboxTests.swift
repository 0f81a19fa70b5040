import JSON
import Messages
import ModuleLinks
import Testing

@testable import EdgeHub

@Suite struct InboxTests {
    private func entry(
        _ name: Text, bytes: Int = 40, _ rule: FullQueueRule, arrived: UInt64 = 0, ttl: UInt64 = 0, acceptance: Acceptance? = nil
    ) -> Inbox.Entry {
        Inbox.Entry(
            message: Message(module: name, output: "", body: []), bytes: bytes, whenFull: rule, arrived: arrived, enqueuedMs: 0,
            timeToLiveMs: ttl, acceptance: acceptance)
    }

    private func names(_ inbox: inout Inbox) -> [Text] { inbox.removeAll().map(\.message.module) }

    /// Two of 40 bytes are in; a third has no room in 100.
    private func full() -> Inbox {
        var inbox = Inbox(limit: 100, acceptsWhenTaken: true)
        #expect(inbox.offer(entry("1", .dropOldest), now: 0).outcome == .taken)
        #expect(inbox.offer(entry("2", .dropOldest), now: 0).outcome == .taken)
        return inbox
    }

    @Test func `messages of no bytes are bounded too`() {
        var inbox = Inbox(limit: 100, acceptsWhenTaken: true)
        for number in 0..<1024 + 3 { _ = inbox.offer(entry("\(number)", bytes: 0, .dropOldest), now: 0) }
        #expect(inbox.count == 1024)
        #expect(inbox.dropped.full == 3)
        #expect(inbox.offer(entry("x", bytes: 0, .refuse), now: 0).outcome == .refused)
        #expect(HubLimits(memoryQueueBytes: 4 << 20).memory.count == 16_384)
    }

    @Test func `the oldest goes for the new`() {
        var inbox = full()
        let offer = inbox.offer(entry("3", .dropOldest), now: 0)
        #expect(offer.outcome == .taken)
        #expect(offer.removed.map(\.message.module) == ["1"])
        #expect(inbox.dropped.full == 1)
        #expect(inbox.bytes == 80)
        #expect(names(&inbox) == ["2", "3"])
    }

    @Test func `the new one goes`() {
        var inbox = full()
        #expect(inbox.offer(entry("3", .dropNewest), now: 0).outcome == .dropped)
        #expect(inbox.dropped.full == 1)
        #expect(names(&inbox) == ["1", "2"])
    }

    @Test func `the sender is refused`() {
        var inbox = full()
        #expect(inbox.offer(entry("3", .refuse), now: 0).outcome == .refused)
        #expect(names(&inbox) == ["1", "2"])
    }

    @Test func `the sender waits until there is room`() {
        var inbox = full()
        let acceptance = Acceptance(endpoints: 1) { _ in }
        #expect(inbox.offer(entry("3", .block, acceptance: acceptance), now: 0).outcome == .waits)
        #expect(inbox.admit().isEmpty)
        #expect(inbox.take()?.message.module == "1")
        #expect(inbox.admit().first === acceptance)
        #expect(inbox.dropped.total == 0)
        #expect(names(&inbox) == ["2", "3"])
    }

    @Test func `as many bytes wait as the queue has, then senders are refused`() {
        var inbox = full()
        #expect(inbox.offer(entry("3", .block), now: 0).outcome == .waits)
        #expect(inbox.offer(entry("4", .block), now: 0).outcome == .waits)
        #expect(inbox.offer(entry("5", .block), now: 0).outcome == .refused)
        #expect(inbox.bytes == 160)
        #expect(names(&inbox) == ["1", "2", "3", "4"])
    }

    @Test(arguments: [FullQueueRule.dropOldest, .dropNewest, .refuse, .block])
    func `a message larger than the queue is refused and costs nobody the place`(rule: FullQueueRule) {
        var inbox = full()
        #expect(inbox.offer(entry("3", bytes: 101, rule), now: 0).outcome == .refused)
        #expect(inbox.dropped.full == 1)
        #expect(names(&inbox) == ["1", "2"])
    }

    @Test func `the next one is the oldest that is not too old, and what is too old is counted, where it waited too`() {
        var inbox = full()
        let acceptance = Acceptance(endpoints: 1) { _ in }
        _ = inbox.offer(entry("3", .block, ttl: 10, acceptance: acceptance), now: 0)
        _ = inbox.offer(entry("4", .block, acceptance: acceptance), now: 0)
        var accepted: [Acceptance] = []
        #expect(inbox.next(0, &accepted)?.message.module == "1")
        #expect(inbox.next(0, &accepted)?.message.module == "2")
        #expect(inbox.next(10, &accepted)?.message.module == "4")
        #expect(inbox.dropped.expired == 1)
        #expect(inbox.next(10, &accepted) == nil)
        #expect(accepted.count == 2)
        #expect(inbox.isEmpty)
    }

    @Test func `when all that was in is too old, those that wait are next`() {
        var inbox = Inbox(limit: 100, acceptsWhenTaken: true)
        let acceptance = Acceptance(endpoints: 1) { _ in }
        for name: Text in ["1", "2", "3"] { _ = inbox.offer(entry(name, .block, ttl: 10, acceptance: acceptance), now: 0) }
        _ = inbox.offer(entry("4", .block, acceptance: acceptance), now: 0)
        var accepted: [Acceptance] = []
        #expect(inbox.next(10, &accepted)?.message.module == "4")
        #expect(accepted.count == 2)
        #expect(inbox.dropped.expired == 3)
    }

    @Test(arguments: [FullQueueRule.dropOldest, .dropNewest, .refuse, .block])
    func `what is too old makes room first`(rule: FullQueueRule) {
        var inbox = Inbox(limit: 100, acceptsWhenTaken: true)
        _ = inbox.offer(entry("1", rule, ttl: 10), now: 0)
        _ = inbox.offer(entry("2", rule), now: 0)
        #expect(inbox.offer(entry("3", rule, arrived: 10), now: 10).outcome == .taken)
        #expect(inbox.dropped.expired == 1)
        #expect(inbox.dropped.full == 0)
        #expect(names(&inbox) == ["2", "3"])
    }

    @Test func `acceptances stay with entries only where being here is not enough`() {
        let acceptance = Acceptance(endpoints: 1) { _ in }
        for accepts in [true, false] {
            var inbox = Inbox(limit: 100, acceptsWhenTaken: accepts)
            _ = inbox.offer(entry("1", .refuse, acceptance: acceptance), now: 0)
            #expect((inbox.first?.acceptance == nil) == accepts)
        }
    }

    @Test(arguments: 1...100)
    func `bytes and counts are those of a plain list, whatever happens`(seed: Int) {
        var random = SplitMix(UInt64(seed))
        var inbox = Inbox(limit: 200, acceptsWhenTaken: true)
        var (entries, waiting): ([(name: Int, bytes: Int)], [(name: Int, bytes: Int)]) = ([], [])
        func sum(_ list: [(name: Int, bytes: Int)]) -> Int { list.reduce(0) { $0 + $1.bytes } }
        let rules: [FullQueueRule] = [.dropOldest, .dropNewest, .refuse, .block]
        for step in 0..<100 {
            if random.next() % 3 == 0 {
                #expect(inbox.take()?.message.module == entries.first.map { "\($0.name)" })
                if !entries.isEmpty { entries.removeFirst() }
                _ = inbox.admit()
                while let next = waiting.first, sum(entries) + next.bytes <= 200 { entries.append(waiting.removeFirst()) }
            } else {
                let (bytes, rule) = (Int(random.next() % 90), rules[Int(random.next() % 4)])
                _ = inbox.offer(entry("\(step)", bytes: bytes, rule), now: 0)
                if waiting.isEmpty && sum(entries) + bytes <= 200 {
                    entries.append((name: step, bytes: bytes))
                } else if rule == .dropOldest {
                    while sum(entries) + bytes > 200 { entries.removeFirst() }
                    entries.append((name: step, bytes: bytes))
                } else if rule == .block && sum(waiting) + bytes <= 200 {
                    waiting.append((name: step, bytes: bytes))
                }
            }
            #expect(inbox.bytes == sum(entries) + sum(waiting))
            #expect(inbox.count == entries.count + waiting.count)
        }
        #expect(names(&inbox) == (entries + waiting).map { "\($0.name)" })
    }
}

/// The same numbers for the same seed.
struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension Inbox {
    /// With a pool of its own, which is never freed.
    init(limit: Int, acceptsWhenTaken: Bool) {
        let room = HubLimits(memoryQueueBytes: limit).memory
        let pools = [Unmanaged.passRetained(QueuePool(room)), Unmanaged.passRetained(QueuePool(room))]
        self.init(pool: pools[0].takeUnretainedValue(), waitingPool: pools[1].takeUnretainedValue(), acceptsWhenTaken: acceptsWhenTaken)
    }
}
