import Testing
import UV

/// A system whose threads the test makes.
private final class System {
    var threads: [Int32] = [1]
    private(set) var looks = 0
    private(set) lazy var ledger = ThreadLedger { [unowned self] in
        looks += 1
        return threads
    }
}

@Suite struct ThreadLedgerTests {
    @Test func `threads that are there before a guest are not its own`() {
        let system = System()
        let guest = system.ledger.begin()
        system.ledger.didStart(guest)
        #expect(system.ledger.leftover(of: guest) == 0)
    }

    @Test func `threads that appear while a guest starts are its alone`() {
        let system = System()
        let first = system.ledger.begin()
        system.threads += [2, 3]
        system.ledger.didStart(first)
        let second = system.ledger.begin()
        system.ledger.didStart(second)
        #expect(system.ledger.leftover(of: second) == 0)
        #expect(system.ledger.leftover(of: first) == 2)
        system.threads = [1]
        #expect(system.ledger.leftover(of: first) == 0)
    }

    @Test func `threads that appear later are anybody's who was there`() {
        let system = System()
        let (first, second) = (system.ledger.begin(), system.ledger.begin())
        system.ledger.didStart(first)
        system.ledger.didStart(second)
        system.threads.append(2)
        #expect(system.ledger.leftover(of: first) == 1)
        #expect(system.ledger.leftover(of: second) == 1)
        let third = system.ledger.begin()
        system.ledger.didStart(third)
        #expect(system.ledger.leftover(of: third) == 0)
    }

    @Test func `of two that start at once nobody knows whose a thread is`() {
        let system = System()
        let (first, second) = (system.ledger.begin(), system.ledger.begin())
        system.threads.append(2)
        system.ledger.didStart(first)
        system.threads.append(3)
        system.ledger.didStart(second)
        #expect(system.ledger.leftover(of: first) == 1)
        #expect(system.ledger.leftover(of: second) == 2)
    }

    @Test func `a number that is given again is a new thread's`() {
        let system = System()
        let first = system.ledger.begin()
        system.threads.append(2)
        system.ledger.didStart(first)
        system.threads = [1]
        let second = system.ledger.begin()
        system.threads.append(2)
        system.ledger.didStart(second)
        #expect(system.ledger.leftover(of: first) == 0)
        #expect(system.ledger.leftover(of: second) == 1)
    }

    @Test func `a thread that may be anybody's is waited for once, a guest's own each time`() {
        let system = System()
        let guests = (0..<3).map { _ in
            let guest = system.ledger.begin()
            system.ledger.didStart(guest)
            return guest
        }
        func looks(_ guest: Int) -> Int {
            let before = system.looks
            #expect(system.ledger.leftover(of: guest) == 1)
            return system.looks - before
        }
        system.threads.append(2)
        #expect(looks(guests[0]) > 10)
        #expect(looks(guests[1]) == 1 && looks(guests[2]) == 1)
        // Another thread, though of the same number.
        system.threads = [1]
        #expect(system.ledger.leftover(of: guests[1]) == 0)
        system.threads = [1, 2]
        #expect(looks(guests[1]) > 10)

        system.threads = [1]
        let last = system.ledger.begin()
        system.threads = [1, 2]
        system.ledger.didStart(last)
        #expect(looks(last) > 10 && looks(last) > 10)
    }
}
