import TestSupport
import Testing
import UV

@Suite struct ThreadPipeTests {
    @Test func `everything arrives in order, and a writer that waits never runs ahead of its bound`() throws {
        let loop = try Loop()
        defer { loop.close() }
        let pipe = ThreadPipe(limit: 4096)
        var received: [UInt8] = []
        var isFinished = false
        var largest = 0
        let queue = ByteQueue()
        let wakeup = try Wakeup(loop) {
            isFinished = pipe.take(queue)
            largest = max(largest, queue.count)
            received += queue.bytes
            queue.removeAll()
        }
        pipe.connect(wakeup)
        let total = 500_000
        let thread = try Thread(stackBytes: 256 << 10) {
            var next: UInt8 = 0
            for _ in 0..<(total / 100) {
                let bytes = (0..<100).map { _ in
                    next &+= 1
                    return next
                }
                bytes.withUnsafeBytes { _ = pipe.write($0, waits: true) }
            }
            pipe.finish()
        }
        #expect(run(loop) { isFinished })
        thread.join()
        #expect(received.count == total)
        #expect(received.enumerated().allSatisfy { $1 == UInt8(truncatingIfNeeded: $0 + 1) })
        #expect(largest <= 4196)
    }

    @Test func `a writer that waits goes on when nobody reads any more`() throws {
        let pipe = ThreadPipe(limit: 10)
        let thread = try Thread(stackBytes: 256 << 10) {
            for _ in 0..<100 { [1, 2, 3, 4, 5].withUnsafeBytes { _ = pipe.write($0, waits: true) } }
        }
        pipe.close()
        thread.join()
        let queue = ByteQueue()
        #expect(!pipe.take(queue))
        #expect(queue.isEmpty)
    }

    @Test func `a writer that does not wait is told how much is unread`() {
        let pipe = ThreadPipe(limit: 10)
        let bytes = [UInt8](repeating: 1, count: 100)
        #expect(bytes.withUnsafeBytes { pipe.write($0, waits: false) } == 100)
        #expect(bytes.withUnsafeBytes { pipe.write($0, waits: false) } == 200)
    }
}
