import JSON
import Testing

@testable import EdgeAgent

@Suite struct TextPatternTests {
    @Test(
        arguments: [
            ("b", "abc", true), ("^b", "abc", false), ("^a.c$", "ABC", true), ("x|y", "why", true), ("(ab)+$", "xabab", true),
            ("\\w+\\s\\S", "to be", true), ("\\bbe\\b", "to be", true), ("\\bbe\\b", "bee", false), ("a\\.b", "a.b", true),
            ("a\\.b", "axb", false),
            ("[]a]", "]", true), ("[^]a]", "]", false), ("[[:digit:]]{", "", false), ("[{]", "a{", true), ("x\u{0}", "", false),
            ("tail", "head\u{0}tail", true),
        ] as [(Text, Text, Bool)])
    func `it is found or not`(source: Text, text: Text, isFound: Bool) throws {
        guard let pattern = try? TextPattern(source, "p") else {
            #expect(!isFound)
            return
        }
        #expect(pattern.matches(text) == isFound)
    }

    @Test(arguments: ["", "(", "[", "[a", "a{2}", "(?i)a", "\\1", "\\d", "[\\w]", "\\", "a\\", "\\`", "*)(", "a\u{0}b"] as [Text])
    func `what is not understood or costly is refused`(source: Text) {
        #expect(throws: AgentMethodError.self) { try TextPattern(source, "p") }
    }

    /// The C library writes out what stands before each `+` once more: within each other they double.
    @Test func `what would become large when it is written out is refused, many plus signs side by side are not`() throws {
        let nested = String(repeating: "(", count: 16) + "a" + String(repeating: "+)", count: 16)
        for source in ["a" + String(repeating: "+", count: 17), nested] {
            #expect(throws: AgentMethodError.self) { try TextPattern(Text(source), "p") }
        }
        let times = try TextPattern("^([a-z]+ )+([0-9]+[.:])+[0-9]+ +\\++[+]+$", "p")
        #expect(times.matches("at about 10:20:30.5  ++++"))
    }

    @Test func `neither an expression nor what it looks at is without bound`() throws {
        let long = Text(String(repeating: "a", count: 257))
        #expect(throws: AgentMethodError.self) { try TextPattern(long, "p") }
        let many = try TextPattern(Text("(a|b)*a" + String(repeating: "(a|b)", count: 40)), "p")
        for _ in 0..<50 {
            let line = Text(String(decoding: (0..<8000).map { _ in Bool.random() ? UInt8(ascii: "a") : UInt8(ascii: "b") }, as: UTF8.self))
            #expect(many.matches(line))
        }
        #expect(try !TextPattern("z$", "p").matches(Text(String(repeating: "a", count: 3000) + "z")), "only 2048 bytes are looked at")
    }
}
