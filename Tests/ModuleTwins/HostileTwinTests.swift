import JSON
import ModuleIdentities
import ModuleTwins
import Testing

/// What a module or an operator may send, from its text on: refused with a clear reason, in bounded time and memory.
@Suite struct HostileTwinTests {
    private func refusal(_ text: String) -> Text? {
        var twin = Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generation: 1, nowMs: 1)
        do throws(JSONError) {
            guard let patch = try JSON.parse(text).object else { return "no object" }
            do throws(TwinError) {
                _ = try twin.report(patch, nowMs: 2)
                return nil
            } catch {
                return error.reason
            }
        } catch {
            return Text(error.reason)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [0, 1, 2])
    func `10 MB are refused by their size`(shape: Int) throws {
        let text =
            switch shape {
            case 0: #"{"s":""# + String(repeating: "x", count: 10_000_000) + "\"}"
            case 1: "{" + (0..<2500).map { "\"key\($0)\":\"" + String(repeating: "x", count: 4000) + "\"" }.joined(separator: ",") + "}"
            default: "{\"a\":[" + String(repeating: "0,", count: 5_000_000) + "0]}"
            }
        let patch = try #require(try JSON.parse(Array(text.utf8), memory: .max).object)
        var twin = Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generation: 1, nowMs: 1)
        let before = twin
        let errors = [
            #expect(throws: TwinError.self) { try twin.update(desired: patch, nowMs: 2) },
            #expect(throws: TwinError.self) { try twin.update(desired: patch, replaces: true, nowMs: 2) },
            #expect(throws: TwinError.self) { try twin.update(tags: patch, nowMs: 2) },
            #expect(throws: TwinError.self) { try twin.report(patch, nowMs: 2) },
        ]
        #expect(errors.allSatisfy { $0?.kind == .tooLarge })
        #expect(errors.allSatisfy { ($0?.reason.utf8.count ?? 999) < 120 })
        #expect(twin == before)
    }

    @Test func `depth 100 is a twin's error, depth 101 the text's`() {
        func nested(_ depth: Int) -> String { String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth) }
        #expect(refusal(nested(11)) == nil)
        #expect(refusal(nested(12)) == "reported.a.a.a.a.a.a.a.a.a.a.a: nested 11 levels deep; at most 10 levels are allowed")
        #expect(refusal(nested(100)) == refusal(nested(12)))
        #expect(refusal(nested(101))?.string.contains("nested") == true)
        #expect(refusal(nested(101)) != refusal(nested(100)))
    }

    @Test(arguments: [
        (#"{"a":4503599627370496}"#, "the integer 4503599627370496"),
        (#"{"a":9223372036854775808}"#, "9223372036854775808"),
        (#"{"a":-123456789012345678901234567890}"#, "out of range"),
        (#"{"a":1e400}"#, "1e400"),
        (#"{"a":{"b":1,"c":2,"b":3}}"#, "twice"),
        (#"{"a":1,"a":1}"#, #""a""#),
        ("{\"a\u{0}b\":1}", "control character"),
        (#"{"a\u0000b":1}"#, #"\u0000"#),
        (#"{"a":1}x"#, "nothing may follow"),
        (#"{"a":"#, "ends"),
        ("[1]", "no object"),
    ])
    func `what no twin can hold is named`(text: String, part: String) {
        #expect(refusal(text)?.string.contains(part) == true, "\(refusal(text) ?? "taken")")
    }

    @Test func `large numbers that are no integers are numbers`() {
        #expect(refusal(#"{"a":1e308,"b":-1.7976931348623157e308,"c":4503599627370496.0,"d":1e-400}"#) == nil)
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func `what is not UTF-8 is refused, in keys and in values`(bytes: [UInt8]) {
        for (before, after) in [("{\"a\":\"", "\"}"), ("{\"", "\":1}")] {
            let error = #expect(throws: JSONError.self) { try JSON.parse(Array(before.utf8) + bytes + Array(after.utf8)) }
            #expect(error?.reason.contains("not valid UTF-8") == true)
        }
    }
}
