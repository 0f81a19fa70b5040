import JSON
import Testing

/// What the JSON parser refuses, and RFC 8259 does not: here it may be read.
private func isOnlyOurs(_ error: JSONError) -> Bool {
    ["comes twice", "out of range", "\\u0000"].contains { error.reason.contains($0) }
}

extension JSONTape {
    fileprivate func read(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { read($0) } }

    fileprivate func member(_ key: Text, of place: Int) -> Int? { key.withBytes { member($0, of: place) } }

    /// What is at a place differs from a value; nil: it does not.
    fileprivate func difference(_ place: Int, _ value: JSON) -> String? {
        switch (value, kind(of: place)) {
        case (.null, .null), (.bool(false), .false), (.bool(true), .true): return nil
        case (.integer(let integer), .number): return number(at: place) == Double(integer) ? nil : "\(integer) is \(number(at: place))"
        case (.number(let double), .number): return number(at: place) == double ? nil : "\(double) is \(number(at: place))"
        case (.string(let text), .string):
            return Text(utf8: string(at: place)) == text ? nil : "\(text) is \(Text(utf8: string(at: place)))"
        case (.array(let elements), .array):
            for (index, element) in elements.enumerated() {
                guard let child = self.element(index, of: place) else { return "element \(index) is missing" }
                if let difference = difference(child, element) { return difference }
            }
            return element(elements.count, of: place) == nil ? nil : "an element too many"
        case (.object(let object), .object):
            for member in object {
                guard let child = self.member(member.key, of: place) else { return "\(member.key) is missing" }
                if let difference = difference(child, member.value) { return difference }
            }
            return member("no such key", of: place) == nil ? nil : "a member too many"
        default: return "\(value.text) is of kind \(kind(of: place))"
        }
    }
}

/// Compares what tape and parser say of a text.
private func expectAgreement(_ tape: JSONTape, _ bytes: [UInt8], _ name: @autoclosure () -> String) {
    let isRead = bytes.withUnsafeBytes { tape.read($0) }
    do throws(JSONError) {
        let value = try JSON.parse(bytes)
        #expect(isRead, "\(name()): refused")
        if isRead, let difference = tape.difference(JSONTape.root, value) { Issue.record("\(name()): \(difference)") }
    } catch {
        #expect(!isRead || isOnlyOurs(error), "\(name()): read, and it is not JSON: \(error)")
    }
}

@Test(arguments: [
    #" {"n":null,"t":true,"f":false,"i":-7,"d":1.5,"e":1e3,"s":"a\u0000é\n","a":[1,[],{}]} "#, "null", "true", "3", "-0.5", "\"x\"",
    " [ ] ",
    "{}", "[]", #"{"":{"":[""]}}"#, #"["\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00","éa€b😀c\n","12345678\"","1234567é","\u0000"]"#,
    "[0,-0,0.0,1e0,1E+2,1e-2,123456789012345678,9007199254740993,-9223372036854775808,9223372036854775807,0.1,5e-324,1.7976931348623157e308]",
    "[1e22,1e23,123456789e-30,3.14159265358979323846,0.30000000000000004,1e-22,12345678901234567890e-5]", " \t\r\n[\t1\n,\r2 ] \n",
    #"{"a":{"b":{"c":[{"d":1},{"d":2}]}},"a2":[[[]],[[1]]]}"#,
]) func `the tape reads what the parser reads`(text: String) {
    let tape = JSONTape()
    #expect(tape.read(text))
    expectAgreement(tape, Array(text.utf8), text)
}

@Test(arguments: [
    "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}", "{,}",
    "[}", "{]", "[1}", "{\"a\":1]", "nul", "nulll", "tru", "True", "falsE", "NaN", "Infinity", "+1", "-", "01", "-01", "1.", ".5",
    "1e", "1e+", "0x10", "1_0", "'a'", "\"a", "\"\\", "\"\\\"", "\"\\u12\"", "\"\\u123g\"", "\"\\x41\"", "\"\\U0041\"", "\"\\ud800\"",
    "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"a\nb\"", "\"a\tb\"", "\"\u{1}\"", "1 2", "[] []", "{}x", "// a\n1",
    "/**/1", "\u{FEFF}{}", "[1]\u{0}", "[1\u{0}]", "\"\u{0}\"", "\u{0}", "\u{A0}1", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\"::1}",
    "[1,,2]", "truefalse", "1true", "\"a\"\"b\"",
]) func `what is not JSON is refused`(text: String) {
    let tape = JSONTape()
    #expect(!tape.read(text))
    expectAgreement(tape, Array(text.utf8), text)
}

@Test func `bytes that are not UTF-8 are refused`() {
    let tape = JSONTape()
    for first in UInt8.min...UInt8.max {
        for second in UInt8.min...UInt8.max {
            expectAgreement(tape, [0x22, first, second, 0x22], "\(first) \(second)")
        }
    }
    for lead in [0xC1, 0xC2, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5] as [UInt8] {
        for second in [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0] as [UInt8] {
            for third in [0x22, 0x7F, 0x80, 0xBF, 0xC0] as [UInt8] {
                expectAgreement(tape, [0x22, lead, second, third, 0x22], "\(lead) \(second) \(third)")
                expectAgreement(tape, [0x22, lead, second, third, 0x80, 0x22], "\(lead) \(second) \(third)")
                expectAgreement(tape, [0x22, lead, second, third], "\(lead) \(second) \(third)")
            }
        }
    }
}

@Test func `every cut and every changed byte of a text is read or refused as by the parser`() {
    let text = Array(#"{"a":[1,-2.5e3,"\u00e9\n\ud83d\ude00",null,{"b":true}],"é":"😀","c d":false, "e":[]}"#.utf8)
    let tape = JSONTape()
    for cut in 0..<text.count { expectAgreement(tape, Array(text.prefix(cut)), "cut at \(cut)") }
    for index in text.indices {
        for byte in UInt8.min...UInt8.max {
            var changed = text
            changed[index] = byte
            expectAgreement(tape, changed, "\(byte) at \(index)")
        }
    }
}

@Test func `a string is read whatever stands where in it`() {
    let tape = JSONTape()
    for length in 0..<40 {
        for place in 0...length {
            for insert in ["", "\\n", "é", "\\\"", "\\u20ac", "😀", "\u{7F}", "\u{1F}", "\\", "\""] {
                let text = "[\"\(String(repeating: "x", count: place))\(insert)\(String(repeating: "y", count: length - place))\",1]"
                expectAgreement(tape, Array(text.utf8), text)
            }
        }
    }
}

@Test func `numbers are those of the parser`() {
    let tape = JSONTape()
    var random = SystemRandomNumberGenerator()
    for round in 0..<20_000 {
        let double = Double(bitPattern: random.next())
        guard double.isFinite else { continue }
        let digits = Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)
        let text =
            switch round % 4 {
            case 0: "\(double)"
            case 1: "\(digits).\(UInt32.random(in: 0...99999, using: &random))"
            case 2: "\(digits)e\(Int.random(in: -30...30, using: &random))"
            default: "\(Int64(bitPattern: random.next()))"
            }
        expectAgreement(tape, Array(text.utf8), text)
    }
}

@Test func `nesting is limited as in the parser`() {
    let tape = JSONTape()
    let limit = JSON.maximumDepth
    for depth in [limit - 1, limit, limit + 1, 100_000] {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}"), (#"{"a":["#, "]}")] {
            let count = depth / (open.utf8.count == 6 ? 2 : 1)
            expectAgreement(
                tape, Array((String(repeating: open, count: count) + "1" + String(repeating: close, count: count)).utf8), "\(depth) \(open)"
            )
            expectAgreement(tape, Array(String(repeating: open, count: count).utf8), "\(depth) \(open) open")
        }
    }
    expectAgreement(tape, Array((String(repeating: "[", count: limit) + String(repeating: "]", count: limit)).utf8), "\(limit) empty")
}

@Test func `of a key that comes twice the last one counts`() throws {
    let tape = JSONTape()
    try #require(tape.read(#"{"a":{"x":1},"b":2,"\u0061":3}"#))
    #expect(tape.number(at: try #require(tape.member("a", of: JSONTape.root))) == 3)
}

@Test func `what only our parser refuses is read`() throws {
    let tape = JSONTape()
    try #require(tape.read(#"{"big":99999999999999999999,"huge":-1e400,"a\u0000b":true}"#))
    #expect(tape.number(at: try #require(tape.member("big", of: 0))) == 1e20)
    #expect(tape.number(at: try #require(tape.member("huge", of: 0))) == -.infinity)
    #expect(tape.kind(of: try #require(tape.member("a\u{0}b", of: 0))) == .true)
}

@Test func `keys compare byte by byte`() throws {
    let tape = JSONTape()
    try #require(tape.read(#"{"Temp":1,"é":2,"":3}"#))
    #expect(tape.member("temp", of: 0) == nil && tape.member("e\u{301}", of: 0) == nil && tape.member("Tem", of: 0) == nil)
    #expect(tape.number(at: try #require(tape.member("", of: 0))) == 3)
}

@Test func `a place that is of another kind has no such value`() throws {
    let tape = JSONTape()
    try #require(tape.read(#"["x",{"a":1},2]"#))
    #expect(tape.member("a", of: 0) == nil && tape.element(3, of: 0) == nil && tape.element(-1, of: 0) == nil)
    let (text, object) = (try #require(tape.element(0, of: 0)), try #require(tape.element(1, of: 0)))
    #expect(tape.element(0, of: object) == nil && tape.element(0, of: text) == nil && tape.member("a", of: text) == nil)
    #expect(tape.number(at: text).isNaN && tape.string(at: object).isEmpty)
    #expect(tape.number(at: try #require(tape.element(2, of: 0))) == 2)
}

@Test func `a tape is used again, after what is refused and after what is large`() {
    let tape = JSONTape()
    let large = "[" + String(repeating: "{\"k\":\"\\n\"},", count: 2000) + "0]"
    for text in [large, "[1", #"{"a":[1,2]}"#, large, "", "[\"\(String(repeating: "x", count: 300_000))\"]", "[1,2,3]"] {
        expectAgreement(tape, Array(text.utf8), "\(text.prefix(20))")
        expectAgreement(tape, Array(text.utf8), "\(text.prefix(20)), again")
        tape.clear()
        expectAgreement(tape, Array(text.utf8), "\(text.prefix(20)), cleared")
    }
    #expect(!tape.read(String(repeating: " ", count: JSONTape.maximumBytes) + "1"))
    #expect(tape.read("1"))
}

@Test func `UTF-16 and UTF-32 are read, in the order of their byte order mark`() throws {
    let text = #"{"é€😀":"a\n😀"}"#
    let value = try JSON.parse(text)
    let tape = JSONTape()
    for mark in ["", "\u{FEFF}"] {
        for isBig in mark.isEmpty ? [false] : [false, true] {
            let units = (mark + text).utf16.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
            #expect(units.withUnsafeBytes { tape.read(utf16: $0) })
            #expect(tape.difference(0, value) == nil)
            let scalars = (mark + text).unicodeScalars.flatMap { scalar in
                (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * UInt32(isBig ? 3 - $0 : $0))) }
            }
            #expect(scalars.withUnsafeBytes { tape.read(utf32: $0) })
            #expect(tape.difference(0, value) == nil)
        }
    }
}

@Test(
    arguments: [
        [], [0x31], [0x31, 0, 0], [0x22, 0, 0x00, 0xD8, 0x22, 0], [0x22, 0, 0x00, 0xDC, 0x22, 0], [0x22, 0, 0x00, 0xD8], [0xFE, 0xFF],
        [0, 0x31],
    ] as [[UInt8]]) func `what is not UTF-16 is refused`(bytes: [UInt8])
{
    #expect(!bytes.withUnsafeBytes { JSONTape().read(utf16: $0) })
}

@Test(
    arguments: [
        [], [0x31], [0x31, 0, 0], [0x31, 0, 0, 0, 0], [0, 0, 0, 0x31], [0x22, 0, 0, 0, 0, 0xD8, 0, 0, 0x22, 0, 0, 0],
        [0x22, 0, 0, 0, 0, 0, 0x11, 0, 0x22, 0, 0, 0], [0xFF, 0xFE, 0, 0],
    ] as [[UInt8]]) func `what is not UTF-32 is refused`(bytes: [UInt8])
{
    #expect(!bytes.withUnsafeBytes { JSONTape().read(utf32: $0) })
}
