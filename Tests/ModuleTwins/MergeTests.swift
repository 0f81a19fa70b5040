import JSON
import ModuleTwins
import Testing
import TwinModels

@Suite struct MergeTests {
    @Test func `objects merge and everything else replaces`() {
        let document: JSONObject = ["control": ["p": 1, "i": 2], "list": [1, 2, 3], "scalar": 5, "object": ["x": 1]]
        let patch: JSONObject = ["control": ["i": 7], "list": [9], "scalar": ["now": true], "object": 3, "new": "x"]
        #expect(
            document.merged(with: patch) == [
                "control": ["p": 1, "i": 7], "list": [9], "scalar": ["now": true], "object": 3, "new": "x",
            ])
    }

    @Test func `null deletes where there is something to merge with`() {
        let document: JSONObject = ["a": 1, "b": ["c": 1, "d": 2]]
        #expect(document.merged(with: ["a": nil, "b": ["c": nil], "absent": nil]) == ["b": ["d": 2]])
    }

    @Test func `null in a subtree that is new is kept`() {
        #expect(JSONObject().merged(with: ["new": ["x": nil]]) == ["new": ["x": nil]])
        #expect((["a": 1] as JSONObject).merged(with: ["a": ["x": nil]]) == ["a": ["x": nil]])
    }

    @Test func `keys are equal by code units only`() {
        let composed: JSONObject = ["\u{E9}": 1]
        #expect(composed.merged(with: ["e\u{301}": 2]).count == 2)
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `merge agrees with the model`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let (document, patch) = (random.object(depth: 3, nulls: false), random.object(depth: 3, nulls: true))
        #expect(MergeModel.leaves(.object(document.merged(with: patch))) == MergeModel.merge(document, patch))
    }

    @Test func `objects of many keys merge as those of few`() {
        let keys = (0..<40).map { Text("key\($0)") }
        let document = JSONObject(keys.map { ($0, 1) })
        let patch = JSONObject(keys.enumerated().map { ($1, $0 % 3 == 0 ? .null : $0 % 3 == 1 ? 2 : 1) } + [("new", 3), ("absent", .null)])
        let merged = document.merged(with: patch)
        #expect(merged.count == 27)
        #expect(merged["key0"] == nil && merged["key1"] == 2 && merged["key2"] == 1 && merged["new"] == 3)
        #expect(JSON.object(JSONObject.difference(from: merged, to: document)).text.hasPrefix(#"{"key0":1,"key1":1,"key3":1"#))
        #expect(document.merged(with: JSONObject.difference(from: document, to: merged)) == merged)
    }

    @Test(.timeLimit(.minutes(1))) func `many keys take no time that other modules would notice`() {
        let document = JSONObject((0..<30_000).map { (Text("\($0)"), 1) })
        let patch = JSONObject((0..<30_000).map { (Text("\($0)"), 2) })
        #expect(document.merged(with: patch).count == 30_000)
        #expect(JSONObject.difference(from: document, to: patch).count == 30_000)
        #expect(document != patch)
        #expect(document == document.merged(with: JSONObject()))
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `a difference makes the new document out of the old, and no more`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let (old, new) = (random.object(depth: 3, nulls: false), random.object(depth: 3, nulls: false))
        let patch = JSONObject.difference(from: old, to: new)
        #expect(old.merged(with: patch) == new)
        #expect(patch.isEmpty == (old == new))
        #expect(JSONObject.difference(from: new, to: old.merged(with: patch)).isEmpty)
    }

    @Test(arguments: [
        ("{}", "{}", "{}"),
        (#"{"a": 1}"#, #"{"a": 1}"#, "{}"),
        ("{}", #"{"a": {"b": 1}}"#, #"{"a":{"b":1}}"#),
        (#"{"a": 1, "b": 2}"#, #"{"b": 3}"#, #"{"b":3,"a":null}"#),
        (#"{"a": {"x": 1, "y": {"z": 1}}}"#, #"{"a": {"x": 1, "y": {}}}"#, #"{"a":{"y":{"z":null}}}"#),
        (#"{"a": {"x": 1}}"#, #"{"a": {}}"#, #"{"a":{"x":null}}"#),
        (#"{"a": {"x": 1}}"#, #"{"a": 5}"#, #"{"a":5}"#),
        (#"{"a": 5}"#, #"{"a": {"x": 1}}"#, #"{"a":{"x":1}}"#),
        (#"{"a": [1, 2]}"#, #"{"a": [1]}"#, #"{"a":[1]}"#),
        (#"{"a": [{"x": 1}]}"#, #"{"a": [{"x": 1}]}"#, "{}"),
        (#"{"a": 1}"#, #"{"a": null}"#, #"{"a":null}"#),
        ("{\"e\u{301}\": 1}", "{\"\u{E9}\": 1}", "{\"\u{E9}\":1,\"e\u{301}\":null}"),
    ])
    func `the difference from one section to the next`(old: String, new: String, patch: String) throws {
        let old = try #require(try JSON.parse(old).object)
        let new = try #require(try JSON.parse(new).object)
        #expect(JSON.object(JSONObject.difference(from: old, to: new)).text == patch)
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `a patch that comes again changes no more than the nulls that it brought itself`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let document = random.object(depth: 3, nulls: false)
        let plain = random.object(depth: 3, nulls: false)
        #expect(document.merged(with: plain).merged(with: plain) == document.merged(with: plain))
        let patch = random.object(depth: 3, nulls: true)
        let once = document.merged(with: patch)
        let twice = once.merged(with: patch)
        #expect(twice.merged(with: patch) == twice)
        #expect(twice == once.withoutNulls)
    }
}

extension JSONObject {
    /// Without members that are null, in objects inside it too.
    var withoutNulls: JSONObject {
        JSONObject(
            members: members.filter { !$0.value.isNull }.map { member in
                Member(key: member.key, value: member.value.object.map { .object($0.withoutNulls) } ?? member.value)
            })
    }

    @Test(arguments: [
        // What was said before, what is said now, what others have made of it, the patch.
        (#"{"a":{"x":1,"y":2}}"#, "{}", #"{"a":{"x":9,"y":2}}"#, #"{"a":null}"#),
        (#"{"a":{"x":1,"y":2}}"#, "{}", #"{"a":{"x":1,"own":3}}"#, #"{"a":{"x":null,"y":null}}"#),
        (#"{"a":{"b":{"x":1},"c":1}}"#, "{}", #"{"a":{"b":{"x":1,"own":{}},"c":1}}"#, #"{"a":{"b":{"x":null},"c":null}}"#),
        (#"{"a":{"b":{"x":1}},"k":1}"#, #"{"k":1}"#, #"{"a":{"b":5},"k":1}"#, #"{"a":null}"#),
        (#"{"a":{"b":{"x":1}}}"#, #"{"a":{}}"#, #"{"a":{"b":{"x":1,"own":1}}}"#, #"{"a":{"b":{"x":null}}}"#),
        (#"{"a":{"x":1}}"#, #"{"a":2}"#, #"{"a":{"x":1,"own":3}}"#, #"{"a":2}"#),
    ])
    func `of an object that is gone, what others have put in stays`(old: String, new: String, current: String, patch: String) throws {
        let (old, new) = (try #require(try JSON.parse(old).object), try #require(try JSON.parse(new).object))
        let current = try #require(try JSON.parse(current).object)
        #expect(JSON.object(JSONObject.difference(from: old, to: new, on: current)).text == patch)
    }
}
