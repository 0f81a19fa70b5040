import MartletModule
import Testing

@Suite struct JSONTextTests {
    private let text = JSONText(
        #" { "a" : { "b" : [ 1 , -2.5e1, {"c":"d"} ] } , "s":"q\"\\\/\b\f\n\r\tä", "t":true,"f":false,"n":null,"a":7} "#)

    @Test func `members are found by their path`() {
        #expect(text.integer("a", "b", "0") == 1)
        #expect(text.number("a", "b", "1") == -25)
        #expect(text.string("a", "b", "2", "c") == "d")
        #expect(text.bool("t") == true)
        #expect(text.bool("f") == false)
        #expect(text.string("s") == "q\"\\/\u{8}\u{C}\n\r\tä")
        #expect(text.value("a", "b").map { String(decoding: $0.bytes, as: UTF8.self) } == #"[ 1 , -2.5e1, {"c":"d"} ]"#)
        #expect(text.isValid)
    }

    @Test func `what is not there or of another kind is nil`() {
        #expect(text.integer("b") == nil)
        #expect(text.integer("a", "b", "3") == nil)
        #expect(text.integer("a", "b", "-1") == nil)
        #expect(text.integer("a", "b", "x") == nil)
        #expect(text.integer("t", "b") == nil)
        #expect(text.string("t") == nil)
        #expect(text.bool("n") == nil)
        #expect(text.number("s") == nil)
        #expect(text.value("zz") == nil)
    }

    @Test(arguments: [
        ("n", JSONText.Kind.null), ("t", .bool), ("s", .string), ("a", .object),
    ])
    func `kinds are told apart`(_ name: String, _ kind: JSONText.Kind) {
        #expect(text.kind(name) == kind)
    }

    @Test func `a path of nothing is the whole text`() {
        #expect(JSONText("0.25").number() == 0.25)
        #expect(JSONText(" [] ").kind() == .array)
        #expect(JSONText("").kind() == nil)
    }

    @Test func `names compare by their bytes, escapes resolved`() {
        #expect(JSONText(#"{"\u00e9":1}"#).integer("\u{E9}") == 1)
        #expect(JSONText(#"{"\u00e9":1}"#).integer("e\u{301}") == nil)
    }

    @Test(arguments: [
        (#""\ud83d\ude00""#, "😀"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""a\u0041b""#, "aAb"),
    ])
    func `escapes of UTF-16 become UTF-8`(_ json: String, _ text: String) {
        #expect(JSONText(json).string() == text)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"",
        "\"\n\"", "01", "-", "1.", ".5", "1e", "1e+", "+1", "tru", "truex", "nul", "1 2", "[1}", "{\"a\":1]", "NaN", "1\0",
    ])
    func `what is no JSON is not valid`(_ json: String) {
        #expect(!JSONText(json).isValid)
    }

    @Test func `any cut-off text is not valid, and reading it is safe`() {
        let whole = Array(#"{"a":{"b":[1,"x\u00e9",true,null,-1.5e3]}}"#.utf8)
        for count in 0..<whole.count {
            let cut = JSONText(Array(whole[..<count]))
            #expect(!cut.isValid)
            #expect(cut.bool("a", "b", "4") == nil)
        }
        #expect(JSONText(whole).isValid)
    }

    @Test func `any bytes are read safely`() {
        var seed: UInt64 = 1
        let alphabet = Array("{}[]\",:\\u0129eE+-.tfn ".utf8) + [0, 0xFF]
        for _ in 0..<5000 {
            var bytes: [UInt8] = []
            for _ in 0..<24 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(seed >> 33) % alphabet.count])
            }
            let text = JSONText(bytes)
            _ = text.isValid
            _ = text.number("0") ?? text.number("u")
        }
    }

    @Test func `nesting is limited`() {
        func nested(_ levels: Int) -> String { String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(JSONText(nested(32)).isValid)
        #expect(!JSONText(nested(33)).isValid)
        #expect(!JSONText(String(repeating: "[", count: 1_000_000)).isValid)
        #expect(JSONText("{\"deep\":" + nested(40) + ",\"a\":1}").integer("a") == nil)
    }

    @Test(arguments: [
        "0", "-0", "1", "12.5", "-3.25", "1e3", "1E+3", "25e-1", "0.1", "123456789012345", "1e22", "1e-22", "9007199254740993",
        "0.000001", "1e308", "0e9999", "123456789012345678901234567890",
    ])
    func `numbers are those of the standard library`(_ json: String) throws {
        let expected = try #require(Double(json))
        let number = try #require(JSONText(json).number())
        #expect(abs(number - expected) <= 4 * expected.ulp, "\(number)")
        if json.utf8.count < 16 && !json.contains("e-3") && !json.contains("e3") { #expect(number == expected) }
    }

    @Test func `a number out of range is none, a tiny one is zero`() {
        #expect(JSONText("1e309").number() == nil)
        #expect(JSONText("-1e99999999999999999999").number() == nil)
        #expect(JSONText("1e-99999999999999999999").number() == 0)
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("5.0", 5), ("5e2", 500), ("120e-1", 12), ("-0", 0),
        ("0e99", 0),
    ])
    func `whole numbers are exact`(_ json: String, _ value: Int64) {
        #expect(JSONText(json).integer() == value)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "5.5", "1e19", "1e-1", "92233720368547758070000000001", "1e9999999"])
    func `what is not whole or does not fit is no integer`(_ json: String) {
        #expect(JSONText(json).integer() == nil)
    }
}
