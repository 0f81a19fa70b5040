import JSON
import Testing

/// The error of a text that must not be read.
private func fault(_ bytes: [UInt8]) -> JSONError {
    do throws(JSONError) {
        let value = try JSON.parse(bytes)
        Issue.record("read as \(value.text)")
        return JSONError(line: 0, column: 0, offset: 0, reason: "")
    } catch {
        return error
    }
}

private func fault(_ text: String) -> JSONError { fault(Array(text.utf8)) }

@Test func `every kind of value is read`() throws {
    let value = try JSON.parse(#" {"n":null,"t":true,"f":false,"i":-7,"d":1.5,"e":1e3,"s":"a\u0000é\n","a":[1,[],{}]} "#)
    #expect(value == ["n": nil, "t": true, "f": false, "i": -7, "d": 1.5, "e": .number(1000), "s": "a\u{0}é\n", "a": [1, [], [:]]])
}

@Test(arguments: ["null", "true", "3", "-0.5", "\"x\"", " [ ] "]) func `a value need not be an object`(text: String) throws {
    _ = try JSON.parse(text)
}

@Test func `integers are exact to the ends of Int64`() throws {
    #expect(try JSON.parse("9223372036854775807") == .integer(.max))
    #expect(try JSON.parse("-9223372036854775808") == .integer(.min))
}

@Test func `members keep their order`() throws {
    let value = try JSON.parse(#"{"z":1,"a":2,"m":3}"#)
    #expect(value.object?.members.map(\.key) == ["z", "a", "m"])
}

@Test func `surrogate pairs become one character`() throws {
    #expect(try JSON.parse(#""\ud83d\ude00""#) == "😀")
}

@Test(arguments: [
    ("", 1, 1, "empty"),
    ("  \n ", 2, 2, "ends"),
    ("[1,]", 1, 4, "comma before ']'"),
    ("{\n  \"a\": 1,\n}", 3, 1, "comma before '}'"),
    ("{\"a\":1,\n \"b\":2,\n \"a\":3}", 3, 2, "the key \"a\" comes twice"),
    ("{\"a long key of more than twenty letters\":1,\n \"a long key of more than twenty letters\":3}", 2, 2, "comes twice"),
    ("{\"é\" 1}", 1, 6, "':' is expected after the key, not '1'"),
    ("{\"a\":1 \"b\":2}", 1, 8, "',' or '}' is expected, not \"b\""),
    ("[1\n2]", 2, 1, "',' or ']' is expected, not '2'"),
    ("{a:1}", 1, 2, "a key in double quotes"),
    ("{'a':1}", 1, 2, "double quotes"),
    ("[1] 2", 1, 5, "nothing may follow the value, but '2' does"),
    ("// hello\n{}", 1, 1, "no comments"),
    ("{\n  /* hello */\n}", 2, 3, "no comments"),
    ("[NaN]", 1, 2, "a value is expected, not 'NaN'"),
    ("[01]", 1, 2, "a value is expected"),
    ("[+1]", 1, 2, "a value is expected, not '+1'"),
    ("tru", 1, 1, "a value is expected, not 'tru'"),
    ("[9223372036854775808]", 1, 2, "9223372036854775808' is out of range: integers lie within"),
    ("[-9223372036854775809]", 1, 2, "is out of range"),
    ("[ 1e999]", 1, 3, "numbers lie within"),
    ("{\"a\":", 1, 6, "ends"),
    ("\"abc", 1, 5, "ends"),
    ("\"a\nb\"", 1, 3, "line break or control character"),
    ("\"a\tb\"", 1, 3, "line break or control character"),
    (#""a\x""#, 1, 3, "no such escape"),
    (#""\ud800x""#, 1, 1, "surrogates"),
    ("{\"a\\u0000\":1}", 1, 2, "\\u0000"),
    ("\u{FEFF}{}", 1, 1, "byte order mark"),
]) func `an error says where and what would be right`(text: String, line: Int, column: Int, reason: String) {
    let error = fault(text)
    #expect(error.reason.contains(reason))
    #expect([error.line, error.column] == [line, column], "\(error)")
    #expect(error.offset <= text.utf8.count)
}

@Test func `a NUL byte does not end the text`() {
    #expect(fault("[1]\u{0}[").offset == 3)
    #expect(fault("[1 \u{0}]").offset == 3)
    #expect(fault("[1\u{0}]").offset == 2 && fault("{\"a\":true\u{0}}").offset == 9)
    #expect(fault("\"a\u{0}\"").offset == 2)
}

@Test(
    arguments: [
        ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xE2, 0x82], 1),
        ([0xFF], 0),
    ] as [([UInt8], Int)])
func `what is not UTF-8 is refused`(bytes: [UInt8], offset: Int) {
    let error = fault(bytes)
    #expect(error.reason.contains("UTF-8"), "\(error)")
    #expect(error.offset == offset)
}

@Test func `nesting is limited`() throws {
    let limit = JSON.maximumDepth
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try JSON.parse(nested(limit)) != nil)
    let error = fault(nested(limit + 1))
    #expect(error.offset == limit)
    #expect(error.reason.contains("at most 100"))
    #expect(fault(String(repeating: "[", count: 1_000_000)).reason.contains("at most 100"))
    #expect(fault(String(repeating: "{\"a\":", count: 100_000)).reason.contains("at most 100"))
}

@Test func `ten megabytes are read or refused`() throws {
    let text = "\"" + String(repeating: "x", count: 10_000_000) + "\""
    #expect(try JSON.parse(text).string?.utf8.count == 10_000_000)
    #expect(fault(String(repeating: "7", count: 1_000_000)).reason.contains("out of range"))
    #expect(fault(String(repeating: " ", count: 1_000_000)).reason.contains("ends"))
}

@Test func `every cut and every changed byte of a text is read or refused`() throws {
    let text = Array(#"{"a":[1,-2.5e3,"\u00e9\n",null,{"b":true}],"é":"😀"}"#.utf8)
    for cut in 0..<text.count { _ = fault(Array(text.prefix(cut))) }
    var read = 0
    for index in text.indices {
        for byte in UInt8.min...UInt8.max {
            var changed = text
            changed[index] = byte
            do throws(JSONError) {
                let value = try JSON.parse(changed)
                #expect(try JSON.parse(value.bytes()) == value)
                read += 1
            } catch {
                #expect(error.offset <= text.count)
            }
        }
    }
    #expect(read > text.count)
}

@Test(arguments: [("[],", 300_000), ("{},", 300_000), ("1,", 400_000), ("\"\",", 400_000)])
func `values that would take too much memory are refused before they are read`(element: String, count: Int) {
    let text = "[" + String(repeating: element, count: count) + "1]"
    #expect(fault(text).reason.contains("at most 32 MiB"))
}

@Test func `more memory can be given to a text, and brackets in strings take none`() throws {
    let arrays = Array(("[" + String(repeating: "[],", count: 110_000) + "[]]").utf8)
    #expect(try JSON.parse(arrays, memory: 64 << 20).array?.count == 110_001)
    let strings = "[\"" + String(repeating: "[{,:\\\"", count: 100_000) + "\"]"
    #expect(try JSON.parse(strings).array?.count == 1)
}
