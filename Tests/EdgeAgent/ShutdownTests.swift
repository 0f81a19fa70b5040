import Deployment
import JSON
import TestSupport
import Testing

@testable import EdgeAgent

@Suite struct ShutdownTests {
    @Test func `without modules it is over at once`() throws {
        let fixture = try Fixture()
        var isOver = false
        fixture.agent.shutdown(deadlineMs: 10_000) { isOver = true }
        #expect(isOver)
    }

    @Test func `what started last is stopped first`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module("a", order: 1), module("b", order: 2), module("c", order: 3)])
        #expect(fixture.until { ["a", "b", "c"].allSatisfy { fixture.isUp(Text($0)) } })
        var isOver = false
        fixture.agent.shutdown(deadlineMs: 10_000) { isOver = true }
        #expect(fixture.until { isOver })
        #expect(fixture.hub.events == ["+a", "+b", "+c", "-c", "-b", "-a"])
    }

    @Test func `nothing starts any more, whoever asks`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module("a"), module("b", status: .stopped)])
        #expect(fixture.untilUp("a"))
        var isOver = false
        fixture.agent.shutdown(deadlineMs: 10_000) { isOver = true }
        #expect(fixture.agent.start("a") == nil)
        #expect(fixture.agent.start("b") == nil)
        #expect(!fixture.agent.restart("a"))
        fixture.apply([module("a"), module("b"), module("c")])
        try fixture.script(obedient + "\n# new")
        fixture.agent.imagesChanged()
        #expect(fixture.until { isOver })
        settle(fixture.loop)
        #expect(fixture.hub.events == ["+a", "-a"])
    }

    @Test func `one that hangs is killed at the deadline`() throws {
        let fixture = try Fixture()
        try fixture.script(deaf)
        fixture.apply([module("a", order: 1), module("b", order: 2)])
        #expect(fixture.until { fixture.isUp("a") && fixture.isUp("b") })
        var isOver = false
        fixture.agent.shutdown(deadlineMs: 50) { isOver = true }
        #expect(fixture.until { isOver })
        #expect(fixture.hub.attached == ["a": 0, "b": 0])
        #expect(fixture.status("a") == .stopped && fixture.status("b") == .stopped)
    }

    @Test func `one that hangs does not take the others' time`() throws {
        let fixture = try Fixture()
        try fixture.script(deaf, as: "deaf")
        try fixture.script(obedient)
        fixture.apply([module("a", order: 1), module("z", image: "deaf", order: 2)])
        #expect(fixture.until { fixture.isUp("a") && fixture.isUp("z") })
        // 10 ms for each group, then 10 s until the kill: the deaf one is still there when the other is over.
        let shutdown = Shutdown(fixture.supervisors, fixture.loop, deadlineMs: 10_020, graceMs: 10_000) {}
        shutdown.begin()
        #expect(fixture.until { fixture.hub.attached["a"] == 0 })
        #expect(fixture.hub.attached["z"] == 1)
        for supervisor in fixture.supervisors { supervisor.kill() }
        #expect(fixture.until { fixture.hub.attached["z"] == 0 })
    }

    @Test func `one that waits for its restart waits no longer`() throws {
        let fixture = try Fixture(RestartSettings(coolOffSeconds: 300))
        try fixture.script("exit 3")
        fixture.apply([module()])
        #expect(fixture.until { fixture.status() == .backoff })
        var isOver = false
        fixture.agent.shutdown(deadlineMs: 10_000) { isOver = true }
        #expect(isOver)
    }
}
