import Deployment
import FFI
import JSON
import Testing

/// Settings that say all that can be said.
private let settings = #"""
    {
      "image": "libx.so", "isolation": "thread",
      "functions": {
        "open": { "symbol": "x_open", "arguments": ["string", "bool"], "returns": "int32" },
        "read": { "symbol": "x_read", "returns": "int64", "arguments": [
          "bytes", { "buffer": 1 }, { "buffer": 262144, "length": "returns" }, { "buffer": 64, "length": "pointer" } ] },
        "scale": { "symbol": "x_scale", "returns": "void", "arguments": [
          { "pointer": "double" }, { "pointer": "uint64", "direction": "out" },
          { "struct": { "x": "double", "n": "int32" }, "direction": "inout" }, { "struct": { "ok": "bool" }, "direction": "in" } ] },
        "close": { "symbol": "x_close", "arguments": [], "returns": "void" } },
      "callbacks": {
        "alarm": { "subscribe": "x_on", "unsubscribe": "x_off", "expect": 0, "returns": "int32", "output": "alarm",
                   "arguments": ["int32", "double", "string", "bytes", { "struct": { "t": "int64" } }, "user"] },
        "tick": { "subscribe": "x_tick", "arguments": [], "output": "ticks" } },
      "polls": [ { "function": "read", "arguments": ["/wA="], "everyMs": 10, "output": "data" } ],
      "initial": [ { "function": "open", "arguments": ["/dev/x", true], "expect": 0 },
                   { "function": "scale", "arguments": [2, { "x": 1, "n": -1 }, { "ok": true }] } ],
      "final": [ { "function": "close" } ]
    }
    """#

private func binding() throws -> LibraryBinding {
    let text = manifest(type: "functions", module: #""status": "running", "settings": \#(settings)"#)
    #expect(findings(text) == [])
    guard case .functions(.thread, let binding)? = try read(text).get().modules.first?.kind else { throw Missing() }
    return binding
}

private struct Missing: Error {}

@Test func `a binding says what the manifest says`() throws {
    let binding = try binding()
    #expect(binding.functions.map(\.name) == ["open", "read", "scale", "close"])
    #expect(binding.functions.map(\.symbol) == ["x_open", "x_read", "x_scale", "x_close"])
    #expect(binding.functions.map(\.returns) == [.int32, .int64, .void, .void])
    #expect(
        binding.functions.map(\.parameters) == [
            [.value(.string), .value(.bool)],
            [
                .bytes, .buffer(capacity: 1, length: .capacity), .buffer(capacity: 262_144, length: .returned),
                .buffer(capacity: 64, length: .pointer),
            ],
            [
                .pointer(.double, .in), .pointer(.uint64, .out), .structure([.init("x", .double), .init("n", .int32)], .inout),
                .structure([.init("ok", .bool)], .in),
            ],
            [],
        ])
    let alarm = try #require(binding.callbacks.first)
    #expect(alarm.name == "alarm" && alarm.subscribe == "x_on" && alarm.unsubscribe == "x_off" && alarm.output == "alarm")
    #expect(alarm.expect == 0 && alarm.returns == .int32)
    #expect(
        alarm.parameters == [
            .value(.int32), .value(.double), .value(.string), .bytes, .structure([.init("t", .int64)], .in), .user,
        ])
    let tick = try #require(binding.callbacks.last)
    #expect(tick.unsubscribe == nil && tick.expect == nil && tick.returns == .void && tick.parameters.isEmpty)
    #expect(binding.polls.map(\.function) == ["read"])
    #expect(binding.polls.map(\.everyMs) == [10] && binding.polls.map(\.output) == ["data"])
    #expect(binding.polls.map(\.arguments) == [["/wA="]])
    #expect(binding.initial.map(\.function) == ["open", "scale"])
    #expect(binding.initial.map(\.expect) == [0, nil])
    #expect(binding.initial.map(\.arguments) == [["/dev/x", true], [2, ["x": 1, "n": -1], ["ok": true]]])
    #expect(binding.final.map(\.function) == ["close"] && binding.final.map(\.arguments) == [[]])
}

@Test func `a binding goes to another process as text, and is the same there`() throws {
    let binding = try binding()
    #expect(binding.settings.members.map(\.key) == ["functions", "callbacks", "polls", "initial", "final"])
    let text = JSON.object(binding.settings).bytes()
    let again = try LibraryBinding.reading(try JSON.parse(text).object ?? [:]).get()
    #expect(again == binding)
    #expect(again.settings == binding.settings)
}

@Test func `what is no binding is refused there too`() throws {
    for settings: JSONObject in [[:], ["functions": 1], ["functions": ["f": ["symbol": "f"]]], ["image": "x", "functions": [:]]] {
        guard case .failure(let error) = LibraryBinding.reading(settings) else {
            Issue.record("\(JSON.object(settings).text) was read")
            continue
        }
        #expect(!error.findings.isEmpty)
    }
}

@Test func `another binding restarts the instance`() throws {
    func module(_ everyMs: Int) throws -> ModuleSpecification? {
        try read(
            manifest(
                type: "functions",
                module: #"""
                    "status": "running", "settings": {"image": "m.so", "functions": {"f": {"symbol": "f", "arguments": [], "returns": "void"}},
                    "polls": [{"function": "f", "everyMs": \#(everyMs), "output": "o"}]}
                    """#)
        ).get().modules.first
    }
    let module1 = try #require(try module(1))
    #expect(ModuleChange.Kind(from: module1, to: try #require(try module(1))) == .unchanged)
    #expect(ModuleChange.Kind(from: module1, to: try #require(try module(2))) == .restart)
}
