import Deployment
import EdgeHub
import JSON
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// Numbers that are the same in every run. (SplitMix64)
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Frames in any order with some bytes changed, added, left out or said again; now and then they are whole.
    mutating func damaged(_ frames: [[UInt8]]) -> [UInt8] {
        var bytes = (0..<(1 + below(8))).flatMap { _ in frames[below(frames.count)] }
        for _ in 0..<below(5) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(6) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes[place] = [0, 1, 4, 5, 127, 128, 254, 255][below(8)]
            case 2: bytes[place] ^= 1 << UInt8(below(8))
            case 3: bytes.insert(contentsOf: (0..<below(9)).map { _ in UInt8.random(in: 0...255, using: &self) }, at: place)
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(9)))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + below(40))], at: place)
            }
        }
        return bytes
    }

    /// Each piece in memory of its own: a sanitizer sees what is read beyond it.
    mutating func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(rest.count, below(4) == 0 ? rest.count : 1 + below(12))
            pieces.append([UInt8](rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}

/// A way to an instance whose other side is the test.
private final class OpenEnd: InstanceChannel {
    let unsentBytes = 0
    let processID: Int32? = nil
    let hanging: Text? = nil
    private(set) var fault: Text?
    private(set) var sent = 0

    func open(_ instance: RemoteInstance) {}
    func send(_ bytes: UnsafeRawBufferPointer) { sent += bytes.count }
    func stop() {}
    func kill() {}
    func fail(_ reason: Text) { if fault == nil { fault = reason } }
}

@Suite struct `Any bytes instead of frames` {
    /// What was understood is written and read again as the same; the first error ends it.
    private func check<Frame>(
        _ frames: [[UInt8]], _ dice: inout Dice, _ read: (UnsafeRawBufferPointer) throws(FrameError) -> Frame,
        _ write: (Frame, ByteQueue) -> Void
    ) -> (understood: Int, refused: Int) {
        let splitter = FrameSplitter()
        var (understood, refused) = (0, 0)
        for piece in dice.pieces(dice.damaged(frames)) {
            let isRefused = piece.withUnsafeBytes { piece in
                do throws(FrameError) {
                    try splitter.feed(piece) { (bytes) throws(FrameError) in
                        #expect(bytes.count >= FrameSplitter.headerBytes && bytes.count <= FrameSplitter.limit + 4)
                        let frame = try read(bytes)
                        understood += 1
                        let again = ByteQueue()
                        write(frame, again)
                        #expect(SampleFrames.describe(try read(again.bytes)) == SampleFrames.describe(frame))
                    }
                    return false
                } catch {
                    #expect(!error.reason.isEmpty)
                    return true
                }
            }
            if isRefused {
                refused = 1
                break
            }
        }
        return (understood, refused)
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func `are understood or refused, in both directions`(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let host = SampleFrames.host.map { SampleFrames.bytes([$0]) }
        let instance = SampleFrames.instance.map { SampleFrames.bytes([$0]) }
        var (understood, refused) = (0, 0)
        for _ in 0..<250 {
            let there = check(host, &dice, { (bytes) throws(FrameError) in try HostFrame(bytes) }, { $0.write(to: $1) })
            let back = check(
                instance, &dice, { (bytes) throws(FrameError) in try InstanceFrame(bytes, sender: "m") }, { $0.write(to: $1) })
            understood += there.understood + back.understood
            refused += there.refused + back.refused
        }
        // It is no test if all goes well, or nothing does.
        #expect(understood > 500 && refused > 100, "\(understood) frames understood, \(refused) streams refused")
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func `from a child do no harm to the hub`(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let folder = TemporaryFolder()
        let loop = try Loop()
        defer { loop.close() }
        let store = try StateStore(directory: Text(folder.path("state")), loop: loop)
        let hub = EdgeHub(loop: loop, deviceID: "D", store: store) { _, _ in }
        defer { hub.close() }
        let frames = SampleFrames.instance.map { SampleFrames.bytes([$0]) }
        var faults = 0
        for _ in 0..<100 {
            let (channel, recorder) = (OpenEnd(), Recorder())
            let instance = RemoteInstance(
                loop: loop, channel: channel, request: InstanceRequest(.library(isolation: .process), path: "/x"), observer: recorder)
            let port = hub.attach("m", link: instance)
            try instance.start(port: port)
            var answers = 0
            for _ in 0..<3 { hub.invoke(module: "m", method: "reset", payload: nil, timeoutMs: 60_000) { _ in answers += 1 } }
            for piece in dice.pieces(dice.damaged(frames)) {
                piece.withUnsafeBytes { instance.received($0) }
                if dice.below(8) == 0 { loop.runOnce(wait: false) }
            }
            if let fault = channel.fault {
                faults += 1
                #expect(fault.hasPrefix("what it sends to the host is not understood: ") || fault.hasPrefix("it gives back "))
            }
            hub.detach(port)
            instance.channelEnded(.signalled(9))
            #expect(run(loop) { answers == 3 })
            #expect(recorder.end != nil && channel.sent > 0)
        }
        #expect(faults > 10 && faults < 100, "\(faults)")
        // The hub goes on: the next instance is served.
        let (channel, recorder) = (OpenEnd(), Recorder())
        let instance = RemoteInstance(
            loop: loop, channel: channel, request: InstanceRequest(.library(isolation: .process), path: "/x"), observer: recorder)
        let port = hub.attach("m", link: instance)
        try instance.start(port: port)
        var status: Int?
        hub.invoke(module: "m", method: "reset", payload: nil, timeoutMs: 60_000) {
            if case .answered(let answered, _) = $0 { status = answered }
        }
        SampleFrames.bytes([InstanceFrame.answer(call: 1, .answered(status: 204, payload: nil))]).withUnsafeBytes { instance.received($0) }
        #expect(run(loop) { status == 204 })
        hub.detach(port)
        instance.channelEnded(.exited(code: 0))
    }
}
