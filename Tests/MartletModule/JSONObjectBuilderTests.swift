import MartletModule
import Testing

@Suite struct JSONObjectBuilderTests {
    private func text(_ fill: (inout JSONObjectBuilder) -> Void) -> String {
        var builder = JSONObjectBuilder()
        fill(&builder)
        return String(decoding: builder.bytes, as: UTF8.self)
    }

    @Test func `members stand in their order`() {
        let json = text {
            $0.set("a", 1)
            $0.set("b", "x")
            $0.set("c", true)
            $0.setNull("d")
            $0.object("e") { $0.set("f", -2) }
            $0.set("g", json: Array("[1]".utf8))
            $0.set("h", UInt64.max)
        }
        #expect(json == #"{"a":1,"b":"x","c":true,"d":null,"e":{"f":-2},"g":[1],"h":9223372036854775807}"#)
        #expect(text { _ in } == "{}")
    }

    @Test func `strings come back as they were`() {
        let nasty = "q\"\\/\u{0}\u{1F}\n\u{7F}é😀"
        var builder = JSONObjectBuilder()
        builder.set(nasty, nasty)
        #expect(JSONText(builder.bytes).string(nasty) == nasty)
    }

    @Test(arguments: [
        (1.0, 0, "1"), (0.5, 0, "1"), (-0.5, 0, "-1"), (-0.004, 2, "0.00"), (21.37, 1, "21.4"), (-21.37, 3, "-21.370"), (0.05, 2, "0.05"),
        (1e17, 0, "100000000000000000"), (123456.789, 9, "123456.789000000"), (1e18, 0, "null"), (.infinity, 2, "null"), (.nan, 2, "null"),
        (2.5, -1, "3"), (-0.0, 1, "0.0"),
    ])
    func `numbers have their fixed decimals`(_ value: Double, _ decimals: Int, _ expected: String) {
        #expect(text { $0.set("v", value, decimals: decimals) } == "{\"v\":\(expected)}")
    }
}
