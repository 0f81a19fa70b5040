import JSON
import ModuleLinks
import Testing

@testable import ModuleInstances

private func call() -> MethodCall { MethodCall(method: "m", payload: nil) { _ in } }

@Test func `numbers begin anew after the last, and leave out those that still wait`() {
    var calls = CallTable()
    #expect(calls.insert(call()) == 1)
    calls.last = .max - 1
    #expect(calls.insert(call()) == .max)
    #expect(calls.insert(call()) == 2, "1 still waits")
    #expect(calls.remove(1) != nil)
    #expect(calls.remove(1) == nil)
}

@Test func `calls past the limit are answered with an error`() {
    var calls = CallTable()
    for _ in 0..<CallTable.limit { #expect(calls.insert(call()) != nil) }
    var outcome: MethodOutcome?
    #expect(calls.insert(MethodCall(method: "m", payload: nil) { outcome = $0 }) == nil)
    #expect(outcome == .busy(reason: "10000 calls wait for this module's answers; that is the limit"))
}
