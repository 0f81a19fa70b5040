import JSON
import Testing

@Test func `a quoted text shows control characters and is cut after 64 bytes`() {
    #expect(Text("a\"\\\n\u{7F}\u{85}ä").quoted == "\"a\\\"\\\\\\u000a\\u007f\\u0085ä\"")
    #expect(Text(String(repeating: "x", count: 64)).quoted == Text("\"" + String(repeating: "x", count: 64) + "\""))
    #expect(Text(String(repeating: "x", count: 63) + "ä").quoted == Text("\"" + String(repeating: "x", count: 63) + "…\""))
}

@Test func `a list for people has a last word`() {
    let words: [Text] = ["a", "b", "c"]
    #expect(words.listed(last: "or") == "a, b or c")
    #expect(["a" as Text].listed(last: "or") == "a")
}

@Test func `a shown value is short`() {
    #expect(JSON.object(["a": 1]).shown == "an object")
    #expect(JSON.array([]).shown == "[]")
    #expect(JSON.number(1.5).shown == "1.5")
}
