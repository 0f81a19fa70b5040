import JSON
import Messages
import ModuleLinks
import Testing
import UV

@testable import ModuleInstances

@Suite struct FrameTests {
    private let message = SampleFrames.message
    private let hostFrames = SampleFrames.host
    private let instanceFrames = SampleFrames.instance

    /// The frames in pieces of some size, each as a description.
    private func read<Frame>(_ bytes: [UInt8], pieces: Int, _ make: (UnsafeRawBufferPointer) throws(FrameError) -> Frame) throws(FrameError)
        -> [String]
    {
        let splitter = FrameSplitter()
        var frames: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = [UInt8](rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            let result = piece.withUnsafeBytes { buffer in
                Result { () throws(FrameError) in
                    try splitter.feed(buffer) { (frame) throws(FrameError) in frames.append(SampleFrames.describe(try make(frame))) }
                }
            }
            try result.get()
        }
        return frames
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000]) func `frames come back as they were, in pieces of any size`(_ pieces: Int) throws {
        let host = try read(SampleFrames.bytes(hostFrames), pieces: pieces) { (frame) throws(FrameError) in try HostFrame(frame) }
        #expect(host == hostFrames.map { SampleFrames.describe($0) })
        let instance = try read(SampleFrames.bytes(instanceFrames), pieces: pieces) { (frame) throws(FrameError) in
            try InstanceFrame(frame, sender: "m")
        }
        #expect(instance == instanceFrames.map { SampleFrames.describe($0) })
    }

    @Test func `a message frame has the size that is counted for it`() {
        let delivery = Delivery(message, input: "in", enqueuedMs: 1, receipt: 7)
        #expect(SampleFrames.bytes([HostFrame.message(delivery)]).count == HostFrame.size(of: delivery))
    }

    @Test func `a sender is who the host knows, whatever the bytes say`() throws {
        let frame = SampleFrames.bytes([InstanceFrame.send(id: 0, message)])
        let read = try frame.withUnsafeBytes { try InstanceFrame($0, sender: "other") }
        guard case .send(_, let message) = read else {
            Issue.record("\(read)")
            return
        }
        #expect(message.module == "other")
    }

    @Test func `damaged frames are understood or refused, and nothing is read beyond them`() throws {
        for frame in instanceFrames {
            let good = SampleFrames.bytes([frame])
            for length in 5..<good.count {
                // Cut short, in memory of its own: a sanitizer sees what is read behind it.
                let cut = [UInt8](good.prefix(length))
                cut.withUnsafeBytes { _ = try? InstanceFrame($0, sender: "m") }
            }
            for index in good.indices.dropFirst(4) {
                for value in [0, 1, 2, 127, 128, 255] as [UInt8] {
                    var damaged = good
                    damaged[index] = value
                    damaged.withUnsafeBytes { _ = try? InstanceFrame($0, sender: "m") }
                }
            }
        }
    }

    @Test(arguments: [[0, 0, 0, 0], [1, 0, 16, 0], [255, 255, 255, 255]] as [[UInt8]])
    func `a length that no frame has is refused before anything is kept`(_ header: [UInt8]) {
        #expect(throws: FrameError.self) { try read(header, pieces: 4) { (frame) throws(FrameError) in try HostFrame(frame) } }
        #expect(throws: FrameError.self) { try read(header, pieces: 1) { (frame) throws(FrameError) in try HostFrame(frame) } }
    }

    @Test func `unknown kinds and bytes that are left over are refused`() {
        for frame in [[1, 0, 0, 0, 99], [2, 0, 0, 0, 17, 0], [1, 0, 0, 0, 18], [3, 0, 0, 0, 19, 123, 125]] as [[UInt8]] {
            #expect(throws: FrameError.self) { try frame.withUnsafeBytes { _ = try InstanceFrame($0, sender: "m") } }
        }
    }
}
