import CPOSIX
import TestSupport
import Testing
import UV

@Suite struct PollWatcherTests {
    @Test func `readiness is told, and nothing after stop`() throws {
        let loop = try Loop()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let reader = try PollWatcher(loop, fileDescriptor: ends[0])
        let writer = try PollWatcher(loop, fileDescriptor: ends[1])
        var reads = 0
        reader.start(readable: true) { readable, writable in
            #expect(readable && !writable)
            reads += 1
            reader.stop()
        }
        settle(loop)
        #expect(reads == 0)
        writer.start(readable: false, writable: true) { readable, writable in
            #expect(!readable && writable)
            writer.stop()
            var byte: UInt8 = 1
            #expect(write(ends[1], &byte, 1) == 1)
        }
        #expect(run(loop) { reads == 1 })
        settle(loop)
        #expect(reads == 1)
        reader.close()
        writer.close()
    }

    @Test func `a file cannot be watched, nor what is not open`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        let file = martlet_open(try folder.write("x", to: "file"), O_RDONLY, 0)
        defer { close(file) }
        #expect(throws: UVError.notPermitted) { try PollWatcher(loop, fileDescriptor: file) }
        #expect(throws: UVError.badDescriptor) { try PollWatcher(loop, fileDescriptor: 9999) }
    }
}
