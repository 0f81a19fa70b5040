import Testing

@testable import EdgeHub

@Suite struct QueuePoolTests {
    private func pool(_ bytes: Int, queues: Int, count: Int = 1_000_000) -> QueuePool {
        let pool = QueuePool(QueueUsage(bytes: bytes, count: count))
        pool.resize(Array(repeating: QueueUsage(), count: queues))
        return pool
    }

    @Test func `one queue has all of it`() {
        let pool = pool(1000, queues: 1)
        var usage = QueueUsage()
        for _ in 0..<10 { #expect(pool.take(&usage, 100)) }
        #expect(!pool.take(&usage, 1))
        pool.give(&usage, 100)
        #expect(pool.take(&usage, 100))
        #expect(usage == QueueUsage(bytes: 1000, count: 10))
    }

    @Test func `a queue that takes all it gets leaves the others what is theirs`() {
        let pool = pool(1000, queues: 5)
        var (greedy, others) = (QueueUsage(), Array(repeating: QueueUsage(), count: 4))
        while pool.take(&greedy, 10) {}
        #expect(greedy.bytes == 100 + 500)
        for index in others.indices {
            while pool.take(&others[index], 10) {}
            #expect(others[index].bytes == 100)
        }
        // What it gives back is for whoever comes first.
        for _ in 0..<20 { pool.give(&greedy, 10) }
        while pool.take(&others[2], 10) {}
        #expect(others[2].bytes == 300)
        #expect(!pool.take(&greedy, 10))
    }

    @Test func `messages are counted as bytes are`() {
        let pool = pool(1_000_000, queues: 2, count: 100)
        var (first, second) = (QueueUsage(), QueueUsage())
        while pool.take(&first, 0) {}
        while pool.take(&second, 0) {}
        #expect((first.count, second.count) == (75, 25))
    }

    @Test func `an empty queue has room for one message, whatever others have`() {
        let pool = pool(1000, queues: 2)
        var (first, second) = (QueueUsage(), QueueUsage())
        while pool.take(&first, 10) {}
        #expect(pool.take(&second, 900))
        #expect(!pool.take(&second, 1))
        pool.give(&second, 900)
        #expect(pool.take(&second, 250))
        #expect(!pool.take(&second, 1))
    }

    @Test func `when queues come, what others have beyond their part is shared room`() {
        let pool = pool(1000, queues: 1)
        var first = QueueUsage()
        while pool.take(&first, 10) {}
        pool.resize([first, QueueUsage()])
        var second = QueueUsage()
        while pool.take(&second, 10) {}
        #expect(second.bytes == 250)
        for _ in 0..<50 { pool.give(&first, 10) }
        while pool.take(&second, 10) {}
        #expect(second.bytes + first.bytes == 1000)
        pool.resize([second])
        while pool.take(&second, 10) {}
        #expect(second.bytes == 1000)
    }

    @Test(arguments: 1...50)
    func `what is shared is what a plain sum says, whatever happens`(seed: Int) {
        var random = SplitMix(UInt64(seed))
        let pool = pool(1000, queues: 4, count: 40)
        var usages = Array(repeating: QueueUsage(), count: 4)
        var taken: [[Int]] = Array(repeating: [], count: 4)
        for _ in 0..<500 {
            let (queue, bytes) = (Int(random.next() % UInt64(usages.count)), Int(random.next() % 120))
            switch random.next() % 8 {
            case 0:
                if random.next() % 2 == 0 || usages.count == 1 {
                    usages.append(QueueUsage())
                    taken.append([])
                } else {
                    usages.remove(at: queue)
                    taken.remove(at: queue)
                }
                pool.resize(usages)
            case 1...3:
                guard !taken[queue].isEmpty else { continue }
                pool.give(&usages[queue], taken[queue].removeFirst())
            default:
                let (own, total) = (pool.own, pool.total)
                let others = usages.indices.filter { $0 != queue }.map { usages[$0] }
                let left = QueueUsage(
                    bytes: total.bytes - total.bytes / 2 - others.reduce(0) { $0 + max(0, $1.bytes - own.bytes) },
                    count: total.count - total.count / 2 - others.reduce(0) { $0 + max(0, $1.count - own.count) })
                let fits =
                    usages[queue].bytes + bytes <= own.bytes + max(0, left.bytes)
                    && usages[queue].count + 1 <= own.count + max(0, left.count)
                let isTaken = pool.take(&usages[queue], bytes)
                #expect(isTaken == (fits || usages[queue].count == 0 || isTaken && usages[queue].count == 1))
                if isTaken { taken[queue].append(bytes) }
            }
            for (usage, taken) in zip(usages, taken) {
                #expect(usage == QueueUsage(bytes: taken.reduce(0, +), count: taken.count))
            }
        }
    }
}
