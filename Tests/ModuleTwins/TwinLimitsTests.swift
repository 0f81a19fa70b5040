import JSON
import ModuleIdentities
import ModuleTwins
import Testing

@Suite struct TwinLimitsTests {
    private func refusal(_ patch: JSONObject) -> TwinError? {
        var twin = Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generationID: "1", now: "t")
        let before = twin
        do throws(TwinError) {
            _ = try twin.patchDesired(patch, now: "t2")
            return nil
        } catch {
            #expect(twin == before)
            return error
        }
    }

    private func text(_ count: Int) -> Text { Text(String(repeating: "x", count: count)) }

    @Test(arguments: ["a.b", "$x", "a b", "a#", "a\u{7F}", "a\u{1}", "a\u{85}", "a\u{2003}", "a\u{3000}"])
    func `a key with a forbidden character is refused`(key: String) {
        let error = refusal(["outer": .object([(Text(key))].reduce(into: JSONObject()) { $0[$1] = 1 })])
        #expect(error?.kind == .invalid)
        #expect(error?.path.hasPrefix("desired.outer.") == true)
    }

    @Test func `a key has 1024 bytes at most`() {
        #expect(refusal(JSONObject([(text(1024), 1)])) == nil)
        let error = refusal(JSONObject([(text(1025), 1)]))
        #expect(error?.kind == .tooLarge)
        #expect(error?.value == "a key of 1025 bytes")
    }

    @Test func `a string has 4096 bytes at most`() {
        #expect(refusal(["s": .string(text(4096))]) == nil)
        #expect(refusal(["s": .string(text(4097))])?.reason == "desired.s: a string of 4097 bytes; at most 4096 are allowed")
    }

    @Test func `integers have 53 bits`() {
        #expect(refusal(["a": 4_503_599_627_370_495, "b": -4_503_599_627_370_496]) == nil)
        #expect(refusal(["a": 4_503_599_627_370_496])?.kind == .invalid)
        #expect(refusal(["a": -4_503_599_627_370_497])?.kind == .invalid)
    }

    @Test func `objects and arrays nest 10 levels deep`() {
        func nested(_ depth: Int, _ wrap: (JSON) -> JSON) -> JSON { (0..<depth).reduce(1) { value, _ in wrap(value) } }
        #expect(refusal(["a": nested(10) { ["b": $0] }]) == nil)
        #expect(refusal(["a": nested(11) { ["b": $0] }])?.kind == .tooLarge)
        #expect(refusal(["a": nested(10) { [$0] }]) == nil)
        #expect(refusal(["a": nested(11) { [$0] }])?.kind == .tooLarge)
    }

    @Test func `an array holds no null, nor do objects in it`() {
        #expect(refusal(["a": [1, nil]])?.path == "desired.a[1]")
        #expect(refusal(["a": [["b": nil]]])?.path == "desired.a[0].b")
    }

    @Test func `a section has 32 KB in all, counted as IoT Hub does`() {
        func section(_ strings: Int, _ rest: Int) -> JSONObject {
            var object = JSONObject()
            for index in 0..<strings { object["k\(index)"] = .string(text(4096)) }
            object["r"] = .string(text(rest))
            return object
        }
        // 7 strings with keys of two bytes, and one with a key of one.
        let full = 32768 - 7 * 4098 - 1
        #expect(refusal(section(7, full)) == nil)
        let error = refusal(section(7, full + 1))
        #expect(error?.kind == .tooLarge)
        #expect(error?.path == "desired")
        #expect(error?.value == "32769 bytes together with what is there")
    }

    @Test func `size counts numbers as 8, booleans as 4 and leaves out control characters`() {
        let object: JSONObject = ["n": 1, "f": 1.5, "b": true, "s": "a\u{1}é\u{85}", "o": ["k": [1, false]]]
        #expect(object.twinSize == (1 + 8) + (1 + 8) + (1 + 4) + (1 + 3) + (1 + 1 + 8 + 4))
    }

    @Test func `a reported patch has 32 KB at most as compact JSON, even if it counts less`() {
        var twin = Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generationID: "1", now: "t")
        var patch = JSONObject()
        // Each of these counts 14 bytes and is written with 24.
        for index in 0..<1500 { patch["k\(10000 + index)"] = .integer(1_000_000_000_000) }
        #expect(patch.twinSize < 32768)
        let error = #expect(throws: TwinError.self) { try twin.report(patch, now: "t2") }
        #expect(error?.kind == .tooLarge)
    }

    @Test func `tags have 8 KB`() throws {
        var twin = Twin(identity: ModuleIdentity(deviceID: "D"), generationID: "1", now: "t")
        try twin.patchTags(["a": .string(text(4000)), "b": .string(text(4000))])
        let error = #expect(throws: TwinError.self) { try twin.patchTags(["c": .string(text(400))]) }
        #expect(error?.path == "tags")
        try twin.patchTags(["a": nil, "c": .string(text(400))])
    }
}
