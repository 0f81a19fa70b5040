import Deployment
import JSON
import ModuleInstances
import TestSupport
import Testing
import UV

private func poll(_ function: Text, _ arguments: JSON = [], everyMs: Int64 = 1, _ output: Text = "x") -> JSON {
    ["function": .string(function), "arguments": arguments, "everyMs": .integer(everyMs), "output": .string(output)]
}

@Test func `polls send their results until they are stopped`() throws {
    let folder = TemporaryFolder()
    let table = try controller(
        in: folder,
        ["polls": [poll("update", [3, 1.0], "control"), poll("name", everyMs: 3_600_000, "names"), poll("split", [1.0], "parts")]])
    let loop = try Loop()
    var seen: [(Text, JSON)] = []
    let schedule = PollSchedule(loop, table: table, emit: { seen.append(($0, $1)) }, fail: { Issue.record("\($0)") })
    settle(loop)
    #expect(seen.isEmpty)

    schedule.start()
    #expect(run(loop, until: { seen.filter { $0.0 == "control" }.count >= 3 }))
    #expect(seen.filter { $0.0 == "control" }.prefix(3).map(\.1) == [["value": 6.0], ["value": 8.0], ["value": 10.0]])
    #expect(seen.filter { $0.0 == "names" }.map(\.1) == [["value": "pid"]])
    #expect(seen.first { $0.0 == "parts" }?.1 == ["value": 2, "outputs": [1, "eHg="]])

    schedule.stop()
    let count = seen.count
    var isLater = false
    let later = Timer(loop)
    later.start(afterMs: 5) { isLater = true }
    #expect(run(loop, until: { isLater }))
    #expect(seen.count == count)
}

@Test func `a poll that fails says so once, and goes on`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder, ["polls": [poll("split", [-1]), poll("update", [1, 1], "control")]])
    let loop = try Loop()
    var count = 0
    var faults: [Text] = []
    let schedule = PollSchedule(loop, table: table, emit: { _, _ in count += 1 }, fail: { faults.append($0) })
    schedule.start()
    #expect(run(loop, until: { count >= 5 }))
    schedule.stop()
    #expect(faults == ["polls[0]: function \"split\": output buffer 3: the function says that its length is -1, but it has 4 bytes"])
}

@Test func `a dropped schedule calls nothing`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder, ["polls": [poll("reset")]])
    let loop = try Loop()
    var calls = 0
    var schedule: PollSchedule? = PollSchedule(loop, table: table, emit: { _, _ in calls += 1 }, fail: { _ in calls += 1 })
    schedule?.start()
    schedule = nil
    settle(loop)
    #expect(calls == 0)
}

@Test func `a schedule may be stopped from inside a poll`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder, ["polls": [poll("reset")]])
    let loop = try Loop()
    var schedule: PollSchedule?
    var calls = 0
    schedule = PollSchedule(
        loop, table: table,
        emit: { _, body in
            #expect(body == ["value": nil])
            calls += 1
            schedule?.stop()
            schedule = nil
        }, fail: { Issue.record("\($0)") })
    schedule?.start()
    #expect(run(loop, until: { calls == 1 }))
    settle(loop)
    #expect(calls == 1)
}
