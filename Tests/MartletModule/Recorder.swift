import MartletModule

/// Writes down what it is called with; counts the living ones.
final class Recorder: Module {
    let host: Host
    let life: Life
    var lines: [String] = []
    var messages: [IncomingMessage] = []
    var calls: [MethodCall] = []
    var timers: [Timer] = []
    var refusal: String?

    init(_ host: Host, _ life: Life) {
        self.host = host
        self.life = life
        life.module = Unmanaged.passUnretained(self)
        life.count += 1
    }

    deinit { life.count -= 1 }

    func start(twin: JSONText) throws(ModuleError) {
        if let refusal { throw ModuleError(refusal) }
        lines.append("start \(twin.integer("desired", "$version") ?? -1)")
    }

    func receive(_ message: IncomingMessage) { messages.append(message) }

    func desired(_ patch: JSONText, version: UInt64) {
        lines.append("desired \(version) \(patch.integer("limit") ?? -1)")
    }

    func invoke(_ call: MethodCall) {
        switch call.method {
        case "echo": call.answer(status: 200, json: call.payload.bytes)
        case "later": calls.append(call)
        case "never": break
        default: call.answerNoSuchMethod()
        }
    }

    func stop() { host.log(.info, "stop") }
}

final class Life {
    var count = 0
    var module: Unmanaged<Recorder>!
    var recorder: Recorder { module.takeUnretainedValue() }
}

final class Silent: Module {}
