import JSON
import Messages
import ModuleLinks
import UV

@testable import ModuleInstances

/// At least one frame of each kind, in both directions.
enum SampleFrames {
    static let message = Message(
        module: "m", output: "out", body: [0, 1, 255], properties: [.init(name: "k", value: "é")],
        systemProperties: [.init(name: "messageId", value: "7")])

    static var host: [HostFrame] {
        [
            .start(["image": "/i", "device": "d", "module": "m", "twin": [:]]),
            .message(Delivery(message, input: "in", enqueuedMs: 1_795_400_000_123, receipt: 1)),
            .message(Delivery(message, input: "", enqueuedMs: -1)),
            .desired(["a": [1, nil]], version: 9), .invoke(call: .max, method: "reset", payload: nil), .sent(id: 1, nil),
            .sent(id: 2, HubError(.conflict, "")), .reported(id: 3, .success(4)), .reported(id: 5, .failure(HubError(.tooLarge, "no"))),
            .outcome(id: 6, .answered(status: -1, payload: 1.5)), .outcome(id: 7, .notFound(reason: "n")),
            .outcome(id: 8, .timedOut(reason: "")), .outcome(id: 9, .invalid(reason: "i")), .outcome(id: 10, .busy(reason: "b")), .stop,
            .cancel(call: 3),
        ]
    }

    static var instance: [InstanceFrame] {
        [
            .ready, .send(id: 0, message), .send(id: 5, message), .report(id: 1, ["a": nil]),
            .invoke(id: 2, module: "x", method: "y", payload: ["z"], timeoutMs: 30_000),
            .answer(call: 3, .answered(status: 200, payload: [])),
            .answer(call: 4, .notFound(reason: "gone")), .log(level: 3, "line é"), .log(level: 6, ""), .credit(65536),
            .failed(InstanceError("why", isLasting: true), stayedInMemory: false), .failed(InstanceError("why"), stayedInMemory: true),
            .blocked(BlockedCall(function: .receive, ms: 1234, hasReturned: false, place: .process)),
            .blocked(BlockedCall(function: .function, ms: .max, hasReturned: true, place: .process)),
            .ended(stayedInMemory: true), .ended(stayedInMemory: false),
        ]
    }

    static func bytes(_ frames: [HostFrame]) -> [UInt8] {
        let queue = ByteQueue()
        for frame in frames { frame.write(to: queue) }
        return [UInt8](queue.bytes)
    }

    static func bytes(_ frames: [InstanceFrame]) -> [UInt8] {
        let queue = ByteQueue()
        for frame in frames { frame.write(to: queue) }
        return [UInt8](queue.bytes)
    }

    /// Messages are objects: their content says whether they are the same.
    static func describe(_ frame: Any) -> String {
        switch frame {
        case HostFrame.message(let delivery):
            "message \(delivery.input) \(delivery.enqueuedMs) \(delivery.receipt) \(MessageCodec.encode(delivery.message))"
        case InstanceFrame.send(let id, let message): "send \(id) \(MessageCodec.encode(message))"
        case InstanceFrame.blocked(let call): "blocked \(call.word) \(call.ms) \(call.hasReturned) \(call.place)"
        default: "\(frame)"
        }
    }
}
