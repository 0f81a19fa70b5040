import CMartlet
import MartletModule
import Testing

/// One after the other: a library has one table, and here all tests share one library.
@Suite(.serialized) struct ModuleTests {
    let life = Life()

    func recorder(_ host: (TestHost) -> Void = { _ in }) throws -> (Instance, Recorder) {
        let life = life
        let instance = try #require(Instance(host) { host in Recorder(host, life) })
        return (instance, life.recorder)
    }

    // MARK: the table

    @Test func `a host that is too old gets no table`() {
        #expect(Instance({ $0.change { $0.version = 0 } }) { _ in Silent() } == nil)
        #expect(Instance({ $0.change { $0.size -= 8 } }) { _ in Silent() } == nil)
    }

    @Test func `a newer host is taken, and gets version 1`() throws {
        let host = TestHost()
        host.change { $0.version = 2 }
        let table = try #require(moduleTable(host.api, readyLater: true) { _ in Silent() }).pointee
        #expect(table.version == 1)
        #expect(table.size == UInt32(MemoryLayout<martlet_module_api>.size))
        #expect(table.ready_later == 1)
    }

    @Test func `create refuses a table of another version than the module's`() throws {
        let host = TestHost()
        let table = try #require(moduleTable(host.api) { _ in Silent() }).pointee
        host.change { $0.version = 2 }
        #expect(table.create(host.api, host.instance) == nil)
    }

    // MARK: life

    @Test func `a module that cannot be made is refused with its reason in the log`() {
        var seen: TestHost?
        let instance = Instance({ seen = $0 }) { _ throws(ModuleError) in throw ModuleError("no sensor") }
        #expect(instance == nil)
        #expect(seen?.lines == ["3 no sensor"])
    }

    @Test func `start gets the twin, and its error fails the start`() throws {
        let (instance, module) = try recorder { $0.twin = #"{"desired":{"$version":7}}"# }
        #expect(instance.start() == MARTLET_OK)
        #expect(module.lines == ["start 7"])
        module.refusal = "no battery"
        #expect(instance.start() == MARTLET_ERROR_FAILED)
        #expect(instance.host.lines == ["3 no battery"])
    }

    @Test func `destroy stops the module and lets go of it`() throws {
        let (instance, _) = try recorder()
        #expect(life.count == 1)
        instance.destroy()
        #expect(instance.host.lines == ["6 stop"])
        #expect(life.count == 0)
    }

    @Test func `timers and outcomes that hold the module end with the instance`() throws {
        let (instance, module) = try recorder()
        for _ in 0..<3 { module.timers.append(try module.host.every(10) { module.lines.append("tick") }) }
        try module.host.send(to: "out", json: [], done: { _ in module.lines.append("done") })
        try module.host.report([], done: { _ in module.lines.append("done") })
        try module.host.invoke("m", of: "other") { _ in module.lines.append("answer") }
        instance.destroy()
        #expect(instance.host.timerCount == 0)
    }

    @Test func `a module is freed although its closures hold it`() throws {
        let (instance, _) = try recorder()
        do {
            let module = life.recorder
            module.timers.append(try module.host.every(10) { module.lines.append("tick") })
            try module.host.send(to: "out", json: [], done: { _ in module.lines.append("done") })
        }
        instance.destroy()
        #expect(life.count == 0)
    }

    @Test func `after the end everything is refused`() throws {
        let (instance, module) = try recorder()
        let host = module.host
        instance.destroy()
        #expect(throws: HostError.failed) { try host.send(to: "out", json: []) }
        #expect(throws: HostError.failed) { try host.report([]) }
        #expect(throws: HostError.failed) { try host.every(1) {} }
        #expect(throws: HostError.failed) { try host.invoke("m", of: "x") { _ in } }
        host.log(.info, "nobody hears")
        #expect(instance.host.lines == ["6 stop"])
    }

    @Test func `ready is said by a module that is ready later`() throws {
        let (instance, module) = try recorder()
        #expect(!instance.host.isReady)
        module.host.ready()
        #expect(instance.host.isReady)
    }

    // MARK: what the host calls

    @Test func `a message is a copy with its properties`() throws {
        let (instance, module) = try recorder()
        instance.receive("readings", #"{"t":21.5}"#, properties: [("unit", "C"), ("e\u{301}", "1")])
        let message = try #require(module.messages.first)
        #expect(message.input == "readings")
        #expect(message.json.number("t") == 21.5)
        #expect(message.properties["unit"] == "C")
        #expect(message.properties["e\u{301}"] == "1")
        #expect(message.properties["\u{E9}"] == nil)
        #expect(message.systemProperties.pairs.isEmpty)
    }

    @Test func `desired properties arrive with their version`() throws {
        let (instance, module) = try recorder()
        instance.desired(#"{"limit":5,"$version":3}"#, 3)
        #expect(module.lines == ["desired 3 5"])
    }

    @Test func `a method is answered at once`() throws {
        let (instance, _) = try recorder()
        #expect(instance.invoke("echo", "[1,2]", call: 16) == MARTLET_OK)
        #expect(instance.host.answers == ["16: 200 [1,2]"])
    }

    @Test func `a method is answered later, once`() throws {
        let (instance, module) = try recorder()
        #expect(instance.invoke("later", "null", call: 32) == MARTLET_OK)
        #expect(instance.host.answers == [])
        module.calls[0].answer(status: 201)
        module.calls[0].answer(status: 202)
        module.calls = []
        #expect(instance.host.answers == ["32: 201 "])
    }

    @Test func `a call that is dropped is answered with 500, an unknown method with 404`() throws {
        let (instance, _) = try recorder()
        #expect(instance.invoke("never", "null", call: 16) == MARTLET_OK)
        #expect(instance.invoke("caf\u{E9}", "null", call: 17) == MARTLET_OK)
        #expect(
            instance.host.answers == [
                #"16: 500 {"error":"the module gave no answer"}"#, #"17: 404 {"error":"no method café in this module"}"#,
            ])
    }

    @Test func `a module without functions of its own works`() throws {
        let instance = try #require(Instance { _ in Silent() })
        #expect(instance.start() == MARTLET_OK)
        instance.receive("in", "x")
        instance.desired("{}", 2)
        #expect(instance.invoke("m", "null", call: 16) == MARTLET_OK)
        #expect(instance.host.answers == [#"16: 404 {"error":"no method m in this module"}"#])
    }
}
