import CMartlet
import MartletModule
import Testing

/// What a module asks of the host.
extension ModuleTests {
    @Test func `a message is sent with its properties in order`() throws {
        let (instance, module) = try recorder()
        try module.host.send(to: "alert", json: Array("{}".utf8), properties: ["level": "high", "a": ""])
        try module.host.send(to: "raw", body: [0x61], systemProperties: [:])
        let sent = instance.host.sent
        #expect(sent.map(\.output) == ["alert", "raw"])
        #expect(sent.map(\.body) == ["{}", "a"])
        #expect(sent[0].properties == ["level=high", "a="])
        #expect(sent[0].systemProperties == ["contentType=application/json", "contentEncoding=utf-8"])
        #expect(sent[1].properties.isEmpty && sent[1].systemProperties.isEmpty)
        #expect(!sent[0].wantsDone)
    }

    @Test func `a string with a NUL inside is not sent cut off`() throws {
        let (instance, module) = try recorder()
        #expect(throws: HostError.argument) { try module.host.send(to: "a\0b", json: []) }
        #expect(throws: HostError.argument) { try module.host.send(to: "a", json: [], properties: ["k": "v\0"]) }
        #expect(throws: HostError.argument) { try module.host.invoke("m\0", of: "x") { _ in } }
        #expect(instance.host.sent.isEmpty && instance.host.calls.isEmpty)
    }

    @Test func `outcomes come each to its own closure, in any order`() throws {
        let (instance, module) = try recorder()
        var seen: [String] = []
        try module.host.send(to: "a", json: [], done: { seen.append("a \($0?.code ?? 0)") })
        try module.host.report(Array("{}".utf8), done: { seen.append("b \((try? $0.get()) ?? 0)") })
        try module.host.send(
            to: "c", json: [],
            done: { error in
                seen.append("c \(error?.code ?? 0)")
                try? module.host.send(to: "d", json: [], done: { _ in seen.append("d") })
            })
        instance.host.finishAll(version: 9)
        instance.host.finishAll()
        #expect(seen == ["a 0", "b 9", "c 0", "d"])
    }

    @Test func `a failure comes as an error`() throws {
        let (instance, module) = try recorder()
        var failures: [HostError] = []
        try module.host.send(to: "a", json: [], done: { if let error = $0 { failures.append(error) } })
        try module.host.report([], done: { if case .failure(let error) = $0 { failures.append(error) } })
        instance.host.finishAll(HostError.storage.code)
        #expect(failures == [.storage, .storage])
    }

    @Test func `what is refused at once throws and calls nothing`() throws {
        let (instance, module) = try recorder()
        instance.host.result = HostError.full.code
        var isCalled = false
        #expect(throws: HostError.full) { try module.host.send(to: "a", json: [], done: { _ in isCalled = true }) }
        #expect(throws: HostError.full) { try module.host.report([], done: { _ in isCalled = true }) }
        #expect(throws: HostError.full) { try module.host.invoke("m", of: "x") { _ in isCalled = true } }
        #expect(throws: HostError.full) { try module.host.every(5) { isCalled = true } }
        instance.host.finishAll()
        #expect(!isCalled)
        #expect(module.host.text(of: .full) == "the queue is full")
    }

    @Test func `another module is called`() throws {
        let (instance, module) = try recorder()
        var answers: [String] = []
        for _ in 0..<2 {
            try module.host.invoke("update", of: "pid", payload: Array("[1]".utf8), timeout: 500) { answer in
                switch answer {
                case .success(let answer): answers.append("\(answer.status) \(answer.payload.integer("0") ?? -1)")
                case .failure(let error): answers.append("\(error.code)")
                }
            }
            instance.host.answerAll(answers.isEmpty ? Int32(MARTLET_OK) : HostError.timeout.code, 200, "[42]")
        }
        #expect(instance.host.calls == ["pid.update [1] 500", "pid.update [1] 500"])
        #expect(answers == ["200 42", "\(HostError.timeout.code)"])
    }

    @Test func `the twin is read when it is asked for`() throws {
        let (instance, module) = try recorder()
        instance.host.twin = #"{"reported":{"x":1}}"#
        #expect(module.host.twin().integer("reported", "x") == 1)
    }

    // MARK: timers

    @Test func `a timer fires until it is stopped`() throws {
        let (instance, module) = try recorder()
        var count = 0
        let timer = try module.host.every(10) { count += 1 }
        instance.host.fireAll()
        instance.host.fireAll()
        timer.stop()
        timer.stop()
        instance.host.fireAll()
        #expect(count == 2)
        #expect(instance.host.timerCount == 0)
    }

    @Test func `a dropped timer never fires`() throws {
        let (instance, module) = try recorder()
        var count = 0
        var timer: Timer? = try module.host.every(10) { count += 1 }
        timer = nil
        instance.host.fireAll()
        #expect(timer == nil && count == 0)
        #expect(instance.host.timerCount == 0)
    }

    @Test func `a timer may stop itself, and others, while it fires`() throws {
        let (instance, module) = try recorder()
        var count = 0
        module.timers.append(
            try module.host.every(10) {
                count += 1
                module.timers = []
            })
        module.timers.append(try module.host.every(10) { count += 10 })
        instance.host.fireAll()
        #expect(count == 1)
        #expect(instance.host.timerCount == 0)
    }

    @Test func `a timer of one shot fires once and lets go of what it held`() throws {
        let (instance, module) = try recorder()
        var count = 0
        let inner = Life()
        let timer = try module.host.after(0) { [inner] in count += 1 + inner.count }
        instance.host.fireAll()
        instance.host.fireAll()
        #expect(count == 1)
        _ = timer
    }

    @Test func `a period of zero is refused`() throws {
        let (_, module) = try recorder()
        #expect(throws: HostError.argument) { try module.host.every(0) {} }
    }
}
