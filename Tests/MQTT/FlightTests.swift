import MQTT
import ModuleIdentities
import Testing

@Suite struct FlightTests {
    /// An object, as expectations cannot change values.
    private final class Session {
        private var session = ClientSession(of: ModuleIdentity(deviceID: "d", moduleID: "m"))

        var inFlight: Int { session.inFlight }

        func begin(_ receipt: UInt64) -> (id: UInt16, isDuplicate: Bool)? { session.begin(receipt) }
        func beginNotice() -> UInt16? { session.beginNotice() }
        func acknowledge(_ id: UInt16) -> ClientSession.Acknowledged { session.acknowledge(id) }
        func forget(_ receipt: UInt64) { session.forget(receipt) }
        func disconnect() { session.disconnect() }
    }

    private let session = Session()

    /// The identifier of a message that was not sent before.
    private func begin(_ receipt: UInt64) throws -> UInt16 {
        let (id, isDuplicate) = try #require(session.begin(receipt))
        #expect(!isDuplicate && id > 0 && id < 0x8000)
        return id
    }

    @Test func `an acknowledgement gives the receipt of its message, once, in any order`() throws {
        var ids: [UInt16: UInt64] = [:]
        for receipt in 1...256 as ClosedRange<UInt64> { ids[try begin(receipt)] = receipt }
        #expect(ids.count == 256 && session.inFlight == 256 && session.begin(257) == nil)
        for (id, receipt) in ids.sorted(by: { $0.value % 16 < $1.value % 16 }) {
            #expect(session.acknowledge(id) == .message(receipt))
            #expect(session.acknowledge(id) == .unknown)
        }
        #expect(session.inFlight == 0)
    }

    @Test func `no identifier is given twice while its message is under way`() throws {
        // One is never acknowledged, while the others go round all identifiers, twice.
        let stuck = try begin(1)
        for receipt in 2...70_000 as ClosedRange<UInt64> {
            let id = try begin(receipt)
            try #require(id != stuck)
            #expect(session.acknowledge(id) == .message(receipt))
        }
        #expect(session.acknowledge(stuck) == .message(1))
    }

    @Test func `what nobody knows is ignored`() throws {
        for id in [1, 7, 0x7FFF, 0x8000, 0xFFFF] as [UInt16] { #expect(session.acknowledge(id) == .unknown) }
        let id = try begin(1)
        #expect(session.acknowledge(id + 1) == .unknown && session.acknowledge(id &+ 256) == .unknown && session.acknowledge(0) == .unknown)
        #expect(session.acknowledge(id) == .message(1))
    }

    @Test func `what was not acknowledged comes again with its identifier and DUP [MQTT-4_4_0-1]`() throws {
        var ids: [UInt16] = []
        for receipt in 1...200 as ClosedRange<UInt64> { ids.append(try begin(receipt)) }
        for index in stride(from: 0, to: 200, by: 3) { _ = session.acknowledge(ids[index]) }
        session.disconnect()
        #expect(session.inFlight == 0 && session.acknowledge(ids[1]) == .unknown, "the new connection did not get it yet")
        for index in 0..<200 where index % 3 != 0 {
            let again = try #require(session.begin(UInt64(index + 1)))
            #expect(again.id == ids[index] && again.isDuplicate)
        }
        // New ones come behind them, and take no identifier of theirs.
        for receipt in 1001... as PartialRangeFrom<UInt64> {
            guard let new = session.begin(receipt) else { break }
            #expect(!new.isDuplicate && !ids.enumerated().contains { $0.offset % 3 != 0 && $0.element == new.id })
        }
        #expect(session.inFlight == 256)
        #expect(session.acknowledge(ids[1]) == .message(2))
    }

    @Test func `new messages before those of the connection before take none of their identifiers`() throws {
        let old = try (1...256).map { try begin(UInt64($0)) }
        for id in old.prefix(100) { _ = session.acknowledge(id) }
        session.disconnect()
        var new: Set<UInt16> = []
        for receipt in 1000..<1090 as Range<UInt64> { new.insert(try begin(receipt)) }
        #expect(new.count == 90 && new.isDisjoint(with: old.dropFirst(100)))
        for (index, id) in old.enumerated().dropFirst(100) {
            let again = try #require(session.begin(UInt64(index + 1)))
            #expect(again.id == id && again.isDuplicate)
        }
        for id in old.dropFirst(100) { #expect(session.acknowledge(id) != .unknown) }
    }

    @Test(arguments: [1, 100, 255, 256]) func `what never comes again is forgotten`(old: UInt64) throws {
        for receipt in 1...old { _ = try begin(receipt) }
        session.disconnect()
        for receipt in 1000..<1300 as Range<UInt64> { _ = session.acknowledge(try begin(receipt)) }
        for receipt in 5000..<5256 as Range<UInt64> { _ = try begin(receipt) }
        #expect(session.inFlight == 256 && session.begin(6000) == nil)
    }

    @Test func `connections that end again and again lose nothing and keep no more than there is`() throws {
        let first = try begin(1)
        for round in 0..<100 as Range<UInt64> {
            session.disconnect()
            #expect(try #require(session.begin(1)).id == first)
            let id = try begin(100 + round)
            #expect(session.acknowledge(id) == .message(100 + round))
        }
        #expect(session.acknowledge(first) == .message(1) && session.inFlight == 0)
    }

    @Test func `at QoS 0 nothing of before is kept`() throws {
        _ = try begin(1)
        session.disconnect()
        session.forget(1)
        #expect(try #require(session.begin(1)).isDuplicate == false)
    }

    @Test func `notices have identifiers of their own, and are bounded`() throws {
        var ids: Set<UInt16> = []
        for _ in 0..<256 { ids.insert(try #require(session.beginNotice())) }
        #expect(ids.count == 256 && ids.allSatisfy { $0 >= 0x8000 } && session.beginNotice() == nil)
        for id in ids { #expect(session.acknowledge(id) == .notice) }
        #expect(session.acknowledge(0x8001) == .unknown)
        for _ in 0..<70_000 {
            let id = try #require(session.beginNotice())
            #expect(id >= 0x8000 && session.acknowledge(id) == .notice)
        }
        _ = session.beginNotice()
        session.disconnect()
        #expect(session.acknowledge(0x8000) == .unknown, "they do not outlive the connection")
    }
}
