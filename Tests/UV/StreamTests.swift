import CPOSIX
import TestSupport
import Testing
import UV

@Suite struct StreamTests {
    @Test func `bytes go both ways, and each side sees the other's end`() throws {
        let pair = try StreamPair()
        var atServer: [UInt8] = []
        var atClient: [UInt8] = []
        var ends = 0
        pair.server.read({ atServer.append(contentsOf: $0) }, end: { if $0 == nil { ends += 1 } })
        pair.client.read({ atClient.append(contentsOf: $0) }, end: { if $0 == nil { ends += 1 } })
        pair.client.write([1, 2, 3])
        pair.client.finishWriting()
        #expect(run(pair.loop) { ends == 1 })
        // Half closed: the way back is still open.
        pair.server.write([4, 5])
        pair.server.finishWriting()
        #expect(run(pair.loop) { ends == 2 })
        #expect(atServer == [1, 2, 3])
        #expect(atClient == [4, 5])
    }

    @Test func `a megabyte to a slow reader arrives whole, in order`() throws {
        let pair = try StreamPair()
        var bytes: [UInt8] = []
        for index in 0..<1_048_576 { bytes.append(UInt8(truncatingIfNeeded: index &* 31 &+ (index >> 8))) }
        var done: [Int] = []
        var drained = 0
        pair.client.onDrain = { drained += 1 }
        pair.client.write(bytes) { if $0 == nil { done.append(1) } }
        pair.client.write([7, 7]) { if $0 == nil { done.append(2) } }
        #expect(pair.client.unsentBytes > 0)
        #expect(done.isEmpty)
        var received: [UInt8] = []
        var chunks = 0
        let slow = Timer(pair.loop)
        pair.server.read(
            {
                received.append(contentsOf: $0)
                chunks += 1
                pair.server.pauseReading()
                slow.start(afterMs: 0) { pair.server.resumeReading() }
            }, end: { _ in })
        #expect(run(pair.loop) { received.count == bytes.count + 2 && done.count == 2 })
        #expect(received == bytes + [7, 7])
        #expect(done == [1, 2])
        #expect(pair.client.unsentBytes == 0)
        #expect(drained == 1)
        #expect(chunks > 10)
        pair.server.close()
    }

    @Test func `a stream that floods gets one buffer a turn`() throws {
        let pair = try StreamPair()
        pair.client.write([UInt8](repeating: 1, count: 1_000_000))
        var inThisTurn = 0
        var most = 0
        var total = 0
        pair.server.read(
            {
                inThisTurn += $0.count
                most = max(most, inThisTurn)
                total += $0.count
            }, end: { _ in })
        #expect(
            run(pair.loop) {
                inThisTurn = 0
                return total == 1_000_000
            })
        #expect(most == 65_536)
    }

    @Test func `the end comes after what was still unsent`() throws {
        let pair = try StreamPair()
        pair.client.write([UInt8](repeating: 1, count: 1_000_000))
        pair.client.finishWriting()
        var count = 0
        var ended = false
        pair.server.read({ count += $0.count }, end: { _ in ended = true })
        #expect(run(pair.loop) { ended })
        #expect(count == 1_000_000)
    }

    @Test func `a paused stream reads nothing`() throws {
        let pair = try StreamPair()
        var count = 0
        pair.server.read({ count += $0.count }, end: { _ in })
        pair.server.pauseReading()
        pair.client.write([1])
        settle(pair.loop)
        #expect(count == 0)
        pair.server.resumeReading()
        #expect(run(pair.loop) { count == 1 })
    }

    @Test func `writing to a side that has closed is EPIPE and not a signal`() throws {
        let pair = try StreamPair()
        pair.server.close()
        settle(pair.loop)
        #expect(writeUntilRefused(pair.client, pair.loop) == .brokenPipe)
    }

    @Test func `a queued write to a side that closes then ends with an error`() throws {
        let pair = try StreamPair()
        var failure: UVError?
        pair.client.write([UInt8](repeating: 1, count: 4_000_000)) { failure = $0 }
        pair.server.close()
        #expect(run(pair.loop) { failure != nil })
        #expect(failure == .brokenPipe || failure == .connectionReset)
    }

    @Test func `close ends queued writes with ECANCELED and calls nothing else`() throws {
        let pair = try StreamPair()
        var ends: [UVError?] = []
        var others = 0
        pair.client.onDrain = { others += 1 }
        pair.client.read({ _ in others += 1 }, end: { _ in others += 1 })
        pair.client.write([UInt8](repeating: 1, count: 4_000_000)) { ends.append($0) }
        pair.client.close()
        pair.client.close()
        #expect(ends.isEmpty)
        #expect(run(pair.loop) { ends.count == 1 })
        pair.client.write([1]) { ends.append($0) }
        #expect(run(pair.loop) { ends.count == 2 })
        #expect(ends == [.canceled, .canceled])
        #expect(others == 0)
        #expect(!pair.client.isOpen)
    }

    @Test func `closing the loop ends queued writes with ECANCELED`() throws {
        let pair = try StreamPair()
        var failure: UVError?
        pair.client.write([UInt8](repeating: 1, count: 4_000_000)) { failure = $0 }
        pair.loop.close()
        #expect(failure == .canceled)
    }

    @Test func `a stream dropped in its own read callback reads no more and is gone`() throws {
        let pair = try StreamPair()
        let holder = Found<UV.Stream?>(pair.takeServer())
        weak let seen = holder.value
        var calls = 0
        holder.value?.read(
            { _ in
                calls += 1
                holder.value = nil
            }, end: { _ in calls += 100 })
        var ended = false
        pair.client.read({ _ in }, end: { _ in ended = true })
        pair.client.write([UInt8](repeating: 1, count: 200_000))
        #expect(run(pair.loop) { ended })
        #expect(calls == 1)
        #expect(seen == nil)
    }

    @Test func `a stream may be closed in its own end`() throws {
        let pair = try StreamPair()
        var ended = 0
        pair.server.read(
            { _ in },
            end: { _ in
                ended += 1
                pair.server.close()
            })
        pair.client.close()
        #expect(run(pair.loop) { ended == 1 })
        settle(pair.loop)
        #expect(ended == 1)
    }

    @Test func `close releases the closures`() throws {
        let pair = try StreamPair()
        weak var seen: Canary?
        do {
            let canary = Canary()
            seen = canary
            pair.server.read({ _ in withExtendedLifetime(canary) {} }, end: { _ in withExtendedLifetime(canary) {} })
            pair.server.onDrain = { withExtendedLifetime(canary) {} }
        }
        #expect(seen != nil)
        pair.server.close()
        #expect(seen == nil)
    }

    @Test func `an empty write is done in its turn`() throws {
        let pair = try StreamPair()
        var done: [Int] = []
        pair.client.write([UInt8](repeating: 1, count: 4_000_000)) { _ in done.append(1) }
        pair.client.write([]) { _ in done.append(2) }
        pair.server.read({ _ in }, end: { _ in })
        #expect(run(pair.loop) { done.count == 2 })
        pair.client.write([]) { _ in done.append(3) }
        #expect(run(pair.loop) { done.count == 3 })
        #expect(done == [1, 2, 3])
    }

    @Test func `a unix peer's process is known`() throws {
        let pair = try StreamPair()
        #expect(pair.server.peerProcessID == getpid())
        pair.server.close()
        #expect(pair.server.peerProcessID == nil)
    }

    @Test func `a pipe of this process becomes a stream, and finishing closes it`() throws {
        let loop = try Loop()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let reader = try UV.Stream(loop, fileDescriptor: ends[0])
        let writer = try UV.Stream(loop, fileDescriptor: ends[1])
        var count = 0
        var ended = false
        reader.read({ count += $0.count }, end: { ended = $0 == nil })
        writer.write([UInt8](repeating: 1, count: 300_000))
        writer.finishWriting()
        #expect(run(loop) { ended })
        #expect(count == 300_000)
        #expect(reader.peerProcessID == nil)
    }

    @Test func `reading the end that can only be written is an error and not a crash`() throws {
        let loop = try Loop()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let writer = try UV.Stream(loop, fileDescriptor: ends[1])
        var failure: UVError?
        writer.read({ _ in }, end: { failure = $0 })
        #expect(run(loop) { failure != nil })
        #expect(failure == .notConnected)
    }

    @Test func `a file, a device and a closed descriptor are refused and stay the caller's`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        let file = martlet_open(try folder.write("x", to: "file"), O_RDONLY, 0)
        let device = martlet_open("/dev/null", O_RDWR, 0)
        defer {
            #expect(close(file) == 0)
            #expect(close(device) == 0)
        }
        for descriptor in [file, device, -1] {
            #expect(throws: UVError.invalid) { try UV.Stream(loop, fileDescriptor: descriptor) }
        }
    }
}
