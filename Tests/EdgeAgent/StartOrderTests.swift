import Deployment
import JSON
import Testing

@testable import EdgeAgent

@Test func `small start first, equal ones in the order of the manifest`() throws {
    let fixture = try Fixture()
    try fixture.script(obedient)
    fixture.apply([module("c"), module("b", order: 2), module("a", order: 2), module("d", order: 1)])
    #expect(fixture.hub.events == ["+d", "+b", "+a", "+c"])
    #expect(fixture.agent.reports().map { $0.module.name } == ["d", "b", "a", "c"])
}

@Test func `what started last stops first, equal ones together`() throws {
    let fixture = try Fixture()
    let supervisors = [("a", 1), ("b", 2), ("c", 1), ("d", 3)].map {
        Supervisor(module(Text($0.0), order: UInt32($0.1)), context: fixture.context)
    }
    #expect(StartOrder.stopGroups(supervisors).map { $0.map { $0.module.name } } == [["d"], ["b"], ["c", "a"]])
    #expect(StartOrder.stopGroups([]).isEmpty)
}
