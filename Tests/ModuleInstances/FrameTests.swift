import JSON
import Messages
import ModuleLinks
import Testing
import UV

@testable import ModuleInstances

@Suite struct FrameTests {
    private let message = Message(
        module: "m", output: "out", body: [0, 1, 255], properties: [.init(name: "k", value: "é")],
        systemProperties: [.init(name: "messageId", value: "7")])

    private var hostFrames: [HostFrame] {
        [
            .start(["image": "/i", "module": "m", "twin": [:]]), .message(message, input: "in"), .message(message, input: ""),
            .desired(["a": [1, nil]], version: 9), .invoke(call: .max, method: "reset", payload: nil), .sent(id: 1, nil),
            .sent(id: 2, HubError(.conflict, "")), .reported(id: 3, .success(4)), .reported(id: 5, .failure(HubError(.tooLarge, "no"))),
            .outcome(id: 6, .answered(status: -1, payload: 1.5)), .outcome(id: 7, .notFound(reason: "n")),
            .outcome(id: 8, .timedOut(reason: "")), .outcome(id: 9, .invalid(reason: "i")), .stop, .cancel(call: 3),
        ]
    }

    private var instanceFrames: [InstanceFrame] {
        [
            .ready, .send(id: 0, message), .send(id: 5, message), .report(id: 1, ["a": nil]),
            .invoke(id: 2, module: "x", method: "y", payload: ["z"], timeoutMs: 30_000),
            .answer(call: 3, .answered(status: 200, payload: [])),
            .answer(call: 4, .notFound(reason: "gone")), .log(level: 3, "line é"), .log(level: 6, ""), .credit(65536),
            .failed(InstanceError("why", isLasting: true), stayedInMemory: false), .failed(InstanceError("why"), stayedInMemory: true),
            .ended(stayedInMemory: true), .ended(stayedInMemory: false),
        ]
    }

    private func bytes(_ frames: [HostFrame]) -> [UInt8] {
        let queue = ByteQueue()
        for frame in frames { frame.write(to: queue) }
        return [UInt8](queue.bytes)
    }

    private func bytes(_ frames: [InstanceFrame]) -> [UInt8] {
        let queue = ByteQueue()
        for frame in frames { frame.write(to: queue) }
        return [UInt8](queue.bytes)
    }

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
                    try splitter.feed(buffer) { (frame) throws(FrameError) in frames.append(describe(try make(frame))) }
                }
            }
            try result.get()
        }
        return frames
    }

    /// Messages are objects: their content says whether they are the same.
    private func describe(_ frame: Any) -> String {
        switch frame {
        case HostFrame.message(let message, let input): "message \(input) \(MessageCodec.encode(message))"
        case InstanceFrame.send(let id, let message): "send \(id) \(MessageCodec.encode(message))"
        default: "\(frame)"
        }
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000]) func `frames come back as they were, in pieces of any size`(_ pieces: Int) throws {
        let host = try read(bytes(hostFrames), pieces: pieces) { (frame) throws(FrameError) in try HostFrame(frame) }
        #expect(host == hostFrames.map { describe($0) })
        let instance = try read(bytes(instanceFrames), pieces: pieces) { (frame) throws(FrameError) in try InstanceFrame(frame, sender: "m")
        }
        #expect(instance == instanceFrames.map { describe($0) })
    }

    @Test func `a message frame has the size that is counted for it`() {
        #expect(bytes([HostFrame.message(message, input: "in")]).count == HostFrame.size(of: message, input: "in"))
    }

    @Test func `a sender is who the host knows, whatever the bytes say`() throws {
        let frame = bytes([InstanceFrame.send(id: 0, message)])
        let read = try frame.withUnsafeBytes { try InstanceFrame($0, sender: "other") }
        guard case .send(_, let message) = read else {
            Issue.record("\(read)")
            return
        }
        #expect(message.module == "other")
    }

    @Test func `damaged frames are understood or refused, and nothing is read beyond them`() throws {
        for frame in instanceFrames {
            let good = bytes([frame])
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
