import JSON
import Testing

@Test func `text is compact and in order`() {
    let value: JSON = ["b": [1, true, nil, "x"], "a": [:], "c": []]
    #expect(value.text == #"{"b":[1,true,null,"x"],"a":{},"c":[]}"#)
}

@Test func `pretty text has a member a line`() {
    let value: JSON = ["a": [1, ["b": 2]], "c": [], "d": [:]]
    #expect(value.pretty == "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}")
}

@Test func `only what must be escaped is escaped`() throws {
    let every = Text(utf8: (0...0x7F).map { UInt8($0) })
    let text = JSON.string(every).text
    #expect(try JSON.parse(text) == .string(every))
    #expect(text.contains(#"\u0000\u0001"#))
    #expect(text.contains(##"\u001f !\"#"##))
    #expect(JSON.string("\u{8}\u{9}\u{A}\u{C}\u{D}/\u{2028}é").text == "\"\\b\\t\\n\\f\\r/\u{2028}é\"")
}

@Test(
    arguments: [
        (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (100, "100.0"), (1e15, "1e+15"), (1e20, "1e+20"), (0.1 + 0.2, "0.30000000000000004"),
        (1.0 / 3, "0.3333333333333333"), (5e-324, "4.94065645841247e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
    ] as [(Double, String)])
func `a number has the fewest digits that read back`(number: Double, text: String) throws {
    #expect(JSON.number(number).text == text)
    if number.isFinite { #expect(try JSON.parse(text).number?.bitPattern == number.bitPattern) }
}

@Test func `integers are exact`() throws {
    #expect(JSON.integer(.max).text == "9223372036854775807")
    #expect(JSON.integer(.min).text == "-9223372036854775808")
}

@Test func `writing appends`() {
    var bytes = Array("x=".utf8)
    JSON.integer(1).write(into: &bytes)
    #expect(bytes == Array("x=1".utf8))
}
