import Testing

/// What is to be a JSON object of properties, and is not, or is one that no twin may hold.
struct HostileJSON: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    /// One of these is in what the sender is told.
    let reasons: [String]

    init(_ name: String, _ bytes: [UInt8], _ reasons: String...) {
        (testDescription, self.bytes, self.reasons) = (name, bytes, reasons)
    }

    init(_ name: String, _ text: String, _ reasons: String...) {
        (testDescription, bytes, self.reasons) = (name, Array(text.utf8), reasons)
    }

    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
    private static func string(_ bytes: UInt8...) -> [UInt8] { Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8) }

    static let small = [
        HostileJSON("arrays without end", #"{"a":"# + many("[", 100_000), "nested"),
        HostileJSON("objects without end", many(#"{"a":"#, 100_000), "nested"),
        HostileJSON("3000 arrays inside each other", #"{"a":"# + many("[", 3000) + many("]", 3000) + "}", "nested"),
        HostileJSON("12 objects inside each other", many(#"{"a":"#, 12) + "1" + many("}", 12), "11 levels"),
        HostileJSON("a number beyond Double", #"{"a":1e400}"#, "1e400"),
        HostileJSON("an exponent of nine digits", #"{"a":-1E+999999999}"#, "out of range"),
        HostileJSON("an integer beyond 64 bits", #"{"a":99999999999999999999}"#, "out of range"),
        HostileJSON("an integer of 100,000 digits", #"{"a":"# + many("9", 100_000) + "}", "out of range"),
        HostileJSON("an integer beyond IoT Hub's", #"{"a":4503599627370496}"#, "4503599627370495"),
        HostileJSON("no number", #"{"a":NaN}"#, "NaN"),
        HostileJSON("a byte that is no UTF-8", string(0xFF), "UTF-8"),
        HostileJSON("an overlong NUL", string(0xC0, 0x80), "UTF-8"),
        HostileJSON("a surrogate in UTF-8", string(0xED, 0xA0, 0x80), "UTF-8"),
        HostileJSON("half a character", string(0xE2, 0x82), "UTF-8"),
        HostileJSON("beyond Unicode", string(0xF4, 0x90, 0x80, 0x80), "UTF-8"),
        HostileJSON("a key that is no UTF-8", Array(#"{""#.utf8) + [0xFF] + Array(#"":1}"#.utf8), "UTF-8"),
        HostileJSON("half a surrogate pair", #"{"a":"\ud800"}"#, "surrogate"),
        HostileJSON("NUL in a key", #"{"a\u0000b":1}"#, "u0000"),
        HostileJSON("a control character", string(0x01), "control character"),
        HostileJSON("the same key twice", #"{"a":1,"a":2}"#, "twice"),
        HostileJSON("the same key twice, one written otherwise", #"{"a":1,"\u0061":2}"#, "twice"),
        HostileJSON("the same key twice, deeper", #"{"x":{"y":[{"a":1,"a":2}]}}"#, "twice"),
        HostileJSON("a key of 1025 bytes", #"{""# + many("k", 1025) + #"":1}"#, "1025"),
        HostileJSON("a string of 4097 bytes", #"{"a":""# + many("x", 4097) + #""}"#, "4097"),
        HostileJSON(
            "40 KB that are strings", "{" + (0..<10).map { "\"k\($0)\":\"\(many("x", 4000))\"" }.joined(separator: ",") + "}", "32768"),
        HostileJSON("a key with a dot", #"{"a.b":1}"#, "U+002E"),
        HostileJSON("null in an array", #"{"a":[1,null]}"#, "null"),
        HostileJSON("an array", "[]", "object", "expected"),
        HostileJSON("a comma too many", #"{"a":1,}"#, "comma"),
        HostileJSON("something behind it", #"{"a":1}}"#, "follow", "expected", "end"),
        HostileJSON("its end is missing", #"{"a":1"#, "expected", "ends", "follow"),
    ]

    /// As large as it may come and larger, made of whatever takes most memory when it is read.
    static let large = [
        HostileJSON("500,000 numbers", #"{"a":["# + many("1,", 500_000) + "1]}", "32768", "large", "MiB"),
        HostileJSON("300,000 empty arrays", #"{"a":["# + many("[],", 300_000) + "[]]}", "262144", "65536", "large", "32768", "MiB"),
        HostileJSON("90,000 keys", "{" + (0..<90_000).map { "\"\($0)\":1" }.joined(separator: ",") + "}", "32768", "large", "MiB"),
        HostileJSON("10 MB of a string", #"{"a":""# + many("x", 10 << 20) + #""}"#, "larger", "MiB", "at most"),
        HostileJSON("10 MB of nothing", many(" ", 10 << 20) + "{}", "larger", "MiB", "at most"),
    ]

    func isNamed(in text: String?) -> Bool {
        guard let text else { return false }
        return reasons.contains { text.contains($0) }
    }
}
