import JSON
import Testing

@Test func `two spellings of one character are two texts`() {
    let composed: Text = "caf\u{E9}"
    let decomposed: Text = "cafe\u{301}"
    #expect(composed.string == decomposed.string)
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
}

@Test func `texts are ordered by code units, the shorter first`() {
    let texts: [Text] = ["b", "", "a\u{0}", "é", "a", "ab"]
    #expect(texts.sorted() == ["", "a", "a\u{0}", "ab", "b", "é"])
}

@Test func `a text begins with its prefix`() {
    #expect(Text("$edgeHub").hasPrefix("$edge"))
    #expect(!Text("$ed").hasPrefix("$edge"))
}

@Test func `pieces of a text are texts, strings, numbers and what describes itself`() {
    let text: Text = "\("a" as Text) \("b") \(-7) \(UInt64.max) \(Int64.min) \(UInt8(200)) \(JSONPath.root)"
    #expect(text == "a b -7 18446744073709551615 -9223372036854775808 200 (document)")
}
