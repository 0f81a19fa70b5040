import JSON
import ModuleIdentities
import ModuleTwins
import Testing

@Suite struct TwinLimitsTests {
    /// The ways in which something gets into a twin.
    enum Way: CaseIterable {
        case desired, replacedDesired, manifest, reported, tags, replacedTags

        var section: Text {
            switch self {
            case .desired, .replacedDesired, .manifest: "desired"
            case .reported: "reported"
            case .tags, .replacedTags: "tags"
            }
        }

        func apply(_ properties: JSONObject, to twin: inout Twin) throws(TwinError) {
            switch self {
            case .desired: _ = try twin.update(desired: properties, nowMs: 2)
            case .replacedDesired: _ = try twin.update(desired: properties, replaces: true, nowMs: 2)
            case .manifest: _ = try twin.patchDesired(properties, nowMs: 2)
            case .reported: _ = try twin.report(properties, nowMs: 2)
            case .tags: _ = try twin.update(tags: properties, nowMs: 2)
            case .replacedTags: _ = try twin.update(tags: properties, replaces: true, nowMs: 2)
            }
        }
    }

    private func newTwin() -> Twin { Twin(identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generation: 1, nowMs: 1) }

    private func refusal(_ properties: JSONObject, _ way: Way = .desired, of twin: Twin? = nil) -> TwinError? {
        var changed = twin ?? newTwin()
        let before = changed
        do throws(TwinError) {
            try way.apply(properties, to: &changed)
            #expect(changed.revision == before.revision + 1)
            return nil
        } catch {
            #expect(changed == before)
            return error
        }
    }

    private func text(_ count: Int) -> Text { Text(String(repeating: "x", count: count)) }

    /// A section that counts so much, of strings within their limit; each key has two bytes.
    private func section(counting size: Int, key: String = "k") -> JSONObject {
        var object = JSONObject()
        var rest = size
        for index in 0..<10 where rest > 0 {
            let count = min(rest, 4000) - 2
            object["\(key)\(index)"] = .string(text(count))
            rest -= count + 2
        }
        return object
    }

    @Test(arguments: Way.allCases) func `a section has 32 KB, tags have 8 KB, to the byte`(way: Way) {
        let limit = way.section == "tags" ? 8192 : 32768
        // 32 KB of strings are more as JSON text, and a report is refused for it.
        guard way != .reported else { return }
        #expect(refusal(section(counting: limit), way) == nil)
        let error = refusal(section(counting: limit + 1), way)
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason == "\(way.section): \(limit + 1) bytes; at most \(limit) are allowed")
    }

    @Test(arguments: Way.allCases) func `what is there counts with what comes`(way: Way) throws {
        let limit = way.section == "tags" ? 8192 : 32768
        var twin = newTwin()
        let fill: Way = way.section == "tags" ? .tags : .desired
        let half = section(counting: limit / 2)
        if way == .reported { try Way.reported.apply(half, to: &twin) } else { try fill.apply(half, to: &twin) }
        let other = section(counting: limit / 2, key: "l")
        let larger = section(counting: limit / 2 + 1, key: "l")
        #expect(refusal(other, way, of: twin) == nil)
        guard way != .replacedDesired && way != .replacedTags else {
            // What was there is gone.
            #expect(refusal(larger, way, of: twin) == nil)
            return
        }
        #expect(
            refusal(larger, way, of: twin)?.reason
                == "\(way.section): \(limit + 1) bytes together with what is there; at most \(limit) are allowed")
        // What goes makes room for what comes.
        var exchange = larger
        exchange["k0"] = nil
        exchange = JSONObject(members: exchange.members + [.init(key: "k0", value: .null)])
        #expect(refusal(exchange, way, of: twin) == nil)
    }

    @Test func `size counts numbers as 8, booleans and nulls as 4, and leaves out control characters of strings`() throws {
        let cases: [(JSONObject, Int)] = [
            (["n": 1], 9), (["n": 1.5], 9), (["n": -4_503_599_627_370_496], 9), (["b": true, "c": false], 10), (["é": 1], 10),
            (["s": "a\u{0}\u{1}\u{1F}b"], 3), (["s": "\u{80}\u{85}\u{9F}"], 1), (["s": "\u{7F}\u{20}\u{A0}é€😀"], 1 + 1 + 1 + 2 + 2 + 3 + 4),
            (["o": ["k": [1, false, "xy", ["z": 1]]]], 1 + 1 + 8 + 4 + 2 + 9), (["new": ["x": nil, "y": nil]], 3 + 5 + 5),
            (["o": [:], "a": []], 2),
            (["absent": nil], 0),
        ]
        for (properties, size) in cases {
            var twin = newTwin()
            try Way.desired.apply(properties, to: &twin)
            #expect(twin.desired.tree.size == size, "\(JSON.object(properties).text)")
            #expect(twin.desired.properties.twinSize == size)
        }
    }

    @Test func `control characters make a section no fuller, nulls in what is new do`() {
        var full = section(counting: 32768)
        full["k0"] = .string("\(text(3998))\u{1}\u{1F}\u{85}")
        #expect(refusal(full) == nil)
        full["k0"] = .string("\(text(3997))\u{85}\u{0}x")
        #expect(refusal(full) == nil)
        full["k0"] = .string("\(text(3998))é")
        #expect(refusal(full)?.value == "32770 bytes")
        // 7 bytes are left: a key of 3 bytes with a null of 4 fits, one of 4 does not.
        var twin = newTwin()
        #expect((try? Way.desired.apply(section(counting: 32768 - 8), to: &twin)) != nil)
        #expect(refusal(["n": ["abc": nil]], of: twin) == nil)
        #expect(refusal(["n": ["abcd": nil]], of: twin)?.value == "32769 bytes together with what is there")
        #expect(refusal(["abcdefghij": nil], of: twin) == nil)
    }

    @Test(arguments: Way.allCases) func `a key has 1024 bytes at most`(way: Way) {
        #expect(refusal(["o": .object(JSONObject([(text(1024), 1)]))], way) == nil)
        #expect(refusal(JSONObject([(Text(String(repeating: "é", count: 512)), 1)]), way) == nil)
        let error = refusal(["o": .object(JSONObject([(text(1025), 1)]))], way)
        #expect(error?.kind == .tooLarge)
        #expect(error?.value == "a key of 1025 bytes")
        #expect(error?.path.hasPrefix("\(way.section).o.") == true)
        #expect((error?.path.utf8.count ?? 999) < 100)
    }

    @Test(arguments: Way.allCases) func `a string has 4096 bytes at most`(way: Way) {
        #expect(refusal(["s": .string(text(4096))], way) == nil)
        #expect(
            refusal(["s": .string(text(4097))], way)?.reason
                == "\(way.section).s: a string of 4097 bytes; at most 4096 are allowed")
        #expect(refusal(["s": [["t": .string(text(4097))]]], way)?.path == "\(way.section).s[0].t")
    }

    @Test(arguments: Way.allCases) func `integers have 53 bits`(way: Way) {
        #expect(refusal(["a": 4_503_599_627_370_495, "b": -4_503_599_627_370_496], way) == nil)
        #expect(
            refusal(["a": 4_503_599_627_370_496], way)?.reason
                == "\(way.section).a: the integer 4503599627370496; integers go from -4503599627370496 to 4503599627370495")
        #expect(refusal(["a": [-4_503_599_627_370_497]], way)?.path == "\(way.section).a[0]")
        #expect(refusal(["a": .integer(.max)], way)?.kind == .invalid)
        #expect(refusal(["a": .integer(.min)], way)?.kind == .invalid)
        #expect(refusal(["a": 1e300], way) == nil)
    }

    @Test(arguments: Way.allCases) func `objects and arrays nest 10 levels deep`(way: Way) {
        func nested(_ depth: Int, _ wrap: (JSON) -> JSON) -> JSON { (0..<depth).reduce(1) { value, _ in wrap(value) } }
        #expect(refusal(["a": nested(10) { ["b": $0] }], way) == nil)
        #expect(refusal(["a": nested(10) { [$0] }], way) == nil)
        #expect(refusal(["a": nested(5) { [["b": $0]] }], way) == nil)
        let error = refusal(["a": nested(11) { ["b": $0] }], way)
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason == "\(way.section).a.b.b.b.b.b.b.b.b.b.b: nested 11 levels deep; at most 10 levels are allowed")
        #expect(refusal(["a": nested(11) { [$0] }], way)?.kind == .tooLarge)
        #expect(
            refusal(["a": nested(5) { [["b": $0]] }, "b": [nested(5) { [["b": $0]] }]], way)?.path.hasPrefix("\(way.section).b[0][0].b")
                == true)
        #expect(refusal(["a": nested(99) { [$0] }], way)?.kind == .tooLarge)
    }

    @Test(arguments: Way.allCases) func `an array holds no null, nor do objects in it`(way: Way) {
        #expect(refusal(["a": [1, nil]], way)?.path == "\(way.section).a[1]")
        #expect(refusal(["a": [["b": nil]]], way)?.path == "\(way.section).a[0].b")
        #expect(
            refusal(["a": [["b": ["c": nil]]]], way)?.reason == "\(way.section).a[0].b.c: null inside an array; an array may hold no null")
        #expect(refusal(["a": ["b": ["c": nil]]], way) == nil)
    }

    @Test(
        arguments: [
            "a.b", ".", "$x", "x$", "a b", " ", "a#", "a\u{0}", "a\u{1}", "a\u{1F}", "a\u{7F}", "a\u{80}", "a\u{85}", "a\u{9F}", "a\u{A0}",
            "a\u{1680}", "a\u{2000}", "a\u{200A}", "a\u{2028}", "a\u{2029}", "a\u{202F}", "a\u{205F}", "a\u{3000}",
        ], Way.allCases)
    func `a key with a forbidden character is refused`(key: String, way: Way) {
        let error = refusal(["outer": .object(JSONObject([(Text(key), 1)]))], way)
        #expect(error?.kind == .invalid)
        #expect(error?.path.hasPrefix("\(way.section).outer.\"") == true)
        #expect(error?.value.hasPrefix("a key with the character U+") == true)
        #expect(error?.path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } == true)
        // Null of it too: it cannot be there.
        #expect(refusal(JSONObject([(Text(key), .null)]), way)?.kind == .invalid)
    }

    @Test(arguments: ["", "!", "~", "a[0]", "[", "é", "\u{A1}", "\u{200B}", "\u{1681}", "日本", "😀", "a\u{301}", "/", "\"", "\\"])
    func `other keys are taken`(key: String) {
        #expect(refusal(JSONObject([(Text(key), 1)])) == nil)
    }

    @Test func `a reported patch has 32 KB at most as compact JSON, even if it counts less`() {
        var patch = JSONObject()
        // Each of these counts 14 bytes and is written with 24 and a comma.
        for index in 0..<1310 { patch["k\(10000 + index)"] = .integer(1_000_000_000_000) }
        let rest = 32768 - JSON.object(patch).bytes().count - ",\"s\":\"\"".utf8.count
        #expect(patch.twinSize < 32768)
        patch["s"] = .string(text(rest))
        #expect(JSON.object(patch).bytes().count == 32768)
        #expect(refusal(patch, .reported) == nil)
        patch["s"] = .string(text(rest + 1))
        #expect(refusal(patch, .reported)?.reason == "reported: a patch of 32769 bytes; at most 32768 are allowed")
        #expect(refusal(patch, .desired) == nil)
    }

    @Test(arguments: Way.allCases) func `what counts for nothing does not grow without end`(way: Way) {
        var twin = newTwin()
        var refusal: TwinError?
        for number in 1...20 where refusal == nil {
            // A reported patch has a limit of its own, so there it is many patches.
            let count = way == .reported ? 10_000 : 10_000 * number
            let key: Text = way == .reported ? "k\(number)" : "k"
            do throws(TwinError) {
                try way.apply([key: .array(Array(repeating: .array([]), count: count))], to: &twin)
            } catch {
                #expect(number > 1)
                refusal = error
            }
        }
        #expect(refusal?.kind == .tooLarge)
        #expect(refusal?.path == way.section)
    }
}
