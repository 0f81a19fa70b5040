import Deployment
import JSON
import ModuleInstances
import TestSupport
import Testing
import UV

@Test func `polls send their results until they are stopped`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    let loop = try Loop()
    var seen: [(Text, JSON)] = []
    let schedule = try PollSchedule(
        loop,
        polls: [
            PollSpecification(function: "update", arguments: [3, 1.0], everyMs: 1, output: "control"),
            PollSpecification(function: "name", arguments: [], everyMs: 3_600_000, output: "names"),
        ],
        table: table
    ) { output, body in
        seen.append((output, body))
    }
    settle(loop)
    #expect(seen.isEmpty)

    schedule.start()
    #expect(run(loop, until: { seen.filter { $0.0 == "control" }.count >= 3 }))
    #expect(seen.filter { $0.0 == "control" }.prefix(3).map(\.1) == [["value": 6.0], ["value": 8.0], ["value": 10.0]])
    #expect(seen.filter { $0.0 == "names" }.map(\.1) == [["value": "pid"]])

    schedule.stop()
    let count = seen.count
    var isLater = false
    let later = Timer(loop)
    later.start(afterMs: 5) { isLater = true }
    #expect(run(loop, until: { isLater }))
    #expect(seen.count == count)
}

@Test func `a dropped schedule calls nothing`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    let loop = try Loop()
    var calls = 0
    var schedule: PollSchedule? = try PollSchedule(
        loop, polls: [PollSpecification(function: "reset", arguments: [], everyMs: 1, output: "x")], table: table
    ) { _, _ in calls += 1 }
    schedule?.start()
    schedule = nil
    settle(loop)
    #expect(calls == 0)
}

@Test func `a schedule may be stopped from inside a poll`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    let loop = try Loop()
    var schedule: PollSchedule?
    var calls = 0
    schedule = try PollSchedule(
        loop, polls: [PollSpecification(function: "reset", arguments: [], everyMs: 1, output: "x")], table: table
    ) { _, body in
        #expect(body == ["value": nil])
        calls += 1
        schedule?.stop()
        schedule = nil
    }
    schedule?.start()
    #expect(run(loop, until: { calls == 1 }))
    settle(loop)
    #expect(calls == 1)
}

@Test(
    arguments: [
        ("updaet", [1, 2], "polls[1]: there is no function \"updaet\""),
        ("update", [1, true], "polls[1]: function \"update\": argument 2 is true"),
    ] as [(Text, [JSON], String)])
func `a poll that could never be called is refused`(function: Text, arguments: [JSON], reason: String) throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    let loop = try Loop()
    let error = functionFailure { () throws(FunctionError) in
        _ = try PollSchedule(
            loop,
            polls: [
                PollSpecification(function: "reset", arguments: [], everyMs: 1, output: "x"),
                PollSpecification(function: function, arguments: arguments, everyMs: 1, output: "x"),
            ],
            table: table
        ) { _, _ in }
    }
    #expect(error.reason.string.contains(reason), "\(error)")
}
