import JSON
import Messages
import Testing

@Suite struct ConditionLimitTests {
    private static func nested(_ depth: Int, _ open: String, _ inner: String, _ close: String) -> String {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    @Test(arguments: [("(", "1 = 1", ")"), ("NOT ", "true", ""), ("abs(", "1", ")"), ("- ", "1", "")])
    func `nesting has a limit`(open: String, inner: String, close: String) throws {
        let type = inner == "1" ? " = 1" : ""
        #expect(try Asked().matches(Self.nested(64, open, inner, close) + type))
        #expect(
            Asked.fault(Self.nested(65, open, inner, close) + type)
                == "1:\(64 * open.utf8.count + (open.hasPrefix("abs") ? 4 : 1)) the condition is nested too deeply; at most 64 levels are allowed"
        )
        #expect(Asked.fault(Self.nested(16_000 / open.utf8.count, open, "", ""))?.contains("too deeply") == true)
    }

    @Test func `long conditions need no deep nesting`() throws {
        let asked = Asked()
        #expect(try asked.matches(Array(repeating: "level = 'x'", count: 900).joined(separator: " OR ") + " OR true"))
        #expect(try asked.matches(Array(repeating: "level <> 'x'", count: 900).joined(separator: " AND ")))
        #expect(try asked.matches(Array(repeating: "1", count: 3000).joined(separator: " + ") + " = 3000"))
        #expect(try asked.matches("(" + Array(repeating: "missing", count: 1000).joined(separator: " ?? ") + " ?? 'd') = 'd'"))
        #expect(try asked.matches(Array(repeating: "'ab'", count: 1000).joined(separator: " || ") + " <> level"))
    }

    @Test func `concat takes up to 64 texts`() throws {
        func concat(_ count: Int) -> String { "concat(" + Array(repeating: "'x'", count: count).joined(separator: ",") + ")" }
        #expect(try Asked().matches("length(\(concat(64))) = 64"))
        #expect(
            Asked.fault(concat(65)) == "1:\(7 + 64 * 4 + 1) wrong number of arguments; use concat(string, string, …), of 2 to 64 strings")
    }

    @Test func `values that wait for each other have a limit`() {
        var condition = "'x'"
        for _ in 0..<40 { condition = "concat('a','b','c','d','e','f','g','h',\(condition))" }
        #expect(Asked.fault(condition) == "1:1 the condition is too large: more than 256 values wait in it at once")
    }

    @Test func `texts grow no larger than their memory`() throws {
        let large = String(repeating: "x", count: 200_000)
        let asked = Asked("{}", properties: [("a", Text(large)), ("b", "b")])
        #expect(try asked.matches("length(concat(a, a)) = 400000"))
        #expect(try !asked.matches("NOT is_defined(concat(a, a, a, a))"))
        #expect(try !asked.matches("length(a || a || a || a) > 0 OR true"), "an evaluation that was cut short has no result")
        #expect(try asked.matches("b = 'b'"), "the next one has")
    }

    @Test func `memory is used again within one evaluation`() throws {
        let large = String(repeating: "x", count: 200_000)
        let asked = Asked("{}", properties: [("a", Text(large))])
        let parts = Array(repeating: "length(a) = 1", count: 30).joined(separator: " OR ")
        #expect(try asked.matches(parts + " OR length(a) = 200000"))
    }

    @Test func `work has a limit`() throws {
        let large = String(repeating: "x", count: 200_000)
        let asked = Asked("{\"a\":\"\(large)\"}", properties: [])
        func parts(_ count: Int) -> String {
            Array(repeating: "contains($body.a, 'y')", count: count).joined(separator: " OR ") + " OR true"
        }
        #expect(try asked.matches(parts(60)))
        #expect(try !asked.matches(parts(90)))
    }

    @Test func `no text ends anything but in a route or an error`() throws {
        let parts = [
            "a", "level", "$messageId", "{$to}", "$body.a", "$body.a[0].b", "'x'", "\"y\"", "1", "-2", "0xF", "1e3", "true", "false",
            "null",
            "undefined", "(", ")", ",", "AND", "OR", "NOT", "=", "!=", "<", ">=", "+", "-", "*", "/", "%", "||", "??", "{", "}", "abs(",
            "concat(", "substring(", "is_defined(", "as_number(", "lower(", "INTO", "/*", "*/", "\\", "'", "\"", "\u{1F600}", "\u{0}", "[",
            "?",
        ]
        let asked = Asked("{\"a\":[{\"b\":1}]}")
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ below: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(below))
        }
        var compiled = 0
        for _ in 0..<20_000 {
            let condition = (0...next(9)).map { _ in parts[next(parts.count)] }.joined(separator: " ")
            guard Asked.fault(condition) == nil else { continue }
            compiled += 1
            _ = try asked.matches(condition)
        }
        #expect(compiled > 100)
    }
}
