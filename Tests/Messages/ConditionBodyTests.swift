import JSON
import Messages
import Testing

@Suite struct ConditionBodyTests {
    private static let body = """
        {"n": 50, "s": "CA", "yes": true, "no": false, "nothing": null, "text": "50", "empty": "", "date": "2017-03-09T00:00:00Z",
         "o": {"p": {"q": -50.4}, "A": 1, "a": 2}, "list": [20, 30, [40, {"deep": "x"}]], "escaped": "a\\"\\u00e9\\ud83d\\ude00\\n",
         "a-b": 7, "big": 1e400, "twice": 1, "twice": 2, "1": 3, "x1": 4}
        """
    private let asked = Asked(ConditionBodyTests.body, properties: [("state", "CA"), ("n", "50")])

    @Test(arguments: [
        "$body.n = 50", "50 >= $body.n", "$BODY.n <> 60", "$bOdY.n = 40 + 10", "$body.s = 'CA'", "$body.s = state", "$body.s <> $body.text",
        "$body.yes", "$body.yes = true", "$body.no = false", "NOT $body.no", "$body.nothing = null", "$body.missing = null",
        "$body.missing.deeper = null", "$body.n.deeper = null", "$body.n != null", "$body.list[0] = 20", "$body.list[2][0] = 40",
        "$body.list[2][1].deep = 'x'", "$body.list[9] = null", "$body.o[0] = null", "$body.list.deep = null", "$body.o.p.q = -50.4",
        "$body.o.A = 1 AND $body.o.a = 2", "$body.a-b = 7", "$body.x1 = 4", "$body.twice = 2", "$body.big = 1 / 0",
        "$body.date = '2017-03-09T00:00:00Z'", "$body.escaped = 'a\"\u{E9}\u{1F600}\n'", "$body.empty = ''",
    ]) func `values of the body`(condition: String) throws {
        #expect(try asked.matches(condition))
    }

    @Test(arguments: [
        "$body.o = 1", "$body.list = null", "$body.o <> null", "NOT ($body.o = 'x')", "$body.n", "$body.s", "$body.missing",
        "$body.nothing",
        "NOT $body.n", "NOT $body.missing", "is_defined($body.o)",
    ]) func `objects, arrays and what is no truth value do not match`(condition: String) throws {
        #expect(try !asked.matches(condition))
    }

    @Test(arguments: [
        ("$body.n = '50'", Outcome.no), ("$body.n <> '100'", .yes), ("$body.missing <> '100'", .yes), ("50 != $body.missing", .yes),
        ("$body.yes < $body.n", .yes), ("$body.n < $body.s", .yes), ("$body.s < $body.nothing", .yes), ("$body.nothing > 5", .yes),
        ("$body.n > 'a'", .no), ("$body.missing > 5", .yes), ("$body.missing < 5", .no), ("$body.yes = 1", .no),
        ("$body.o = $body.o", .undefined), ("$body.n = missing", .undefined),
    ]) func `values of different kinds are not equal, and in order of their kinds`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        ("$body.list[0] + $body.list[1] = 50", Outcome.yes), ("$body.n * 2 = 100", .yes), ("$body.n / 4 = 12.5", .yes),
        ("$body.n % 7 = 1", .yes),
        ("- $body.n = -50", .yes), ("$body.s + 1 = 2", .undefined), ("$body.missing * 2 = 0", .undefined), ("$body.o - 1 = 0", .undefined),
        ("$body.n - 10 = $body.list[2][0]", .yes), ("$body.big - $body.big = 0", .undefined), ("$body.s || '!' = 'CA!'", .yes),
        ("$body.n || '!' = '50!'", .undefined),
    ]) func `arithmetic with values of the body`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        ("$body.yes AND $body.yes", Outcome.yes), ("$body.yes AND state = 'CA'", .yes), ("state = 'CA' AND $body.yes", .yes),
        ("state = 'CA' AND $body.no", .no), ("$body.no OR NOT ($body.no)", .yes), ("$body.missing OR true", .yes),
        ("$body.n AND false", .no), ("$body.n AND true", .undefined), ("$body.missing OR false", .undefined), ("false OR $body.yes", .yes),
        ("$body.nothing AND true", .undefined), ("null OR $body.yes", .yes), ("null AND $body.yes", .null),
    ]) func `beside AND and OR a value of the body is true, false or undefined`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        ("is_defined($body.n)", Outcome.yes), ("is_defined($body.missing)", .yes), ("is_defined($body.nothing)", .yes),
        ("is_defined($body.o)", .no), ("is_null($body.nothing)", .yes), ("is_null($body.missing)", .yes), ("is_null($body.n)", .no),
        ("is_null($body.o)", .undefined), ("is_bool($body.o)", .undefined), ("is_bool($body.missing)", .no), ("is_string($body.o)", .no),
        ("is_number($body.n)", .yes), ("is_number($body.text)", .no), ("is_number($body.big)", .no),
        ("is_bool($body.no)", .yes), ("is_string($body.s)", .yes), ("is_string($body.n)", .no), ("as_number($body.text) = 50", .yes),
        ("as_number($body.n) = 50", .yes), ("as_number($body.yes) = 1", .undefined), ("length($body.s) = 2", .yes),
        ("length($body.n) = 2", .undefined), ("lower($body.s) = 'ca'", .yes), ("substring($body.s, 1) = 'A'", .yes),
        ("concat($body.s, '-', state) = 'CA-CA'", .yes), ("concat($body.s, $body.n) = 'CA50'", .undefined),
        ("abs($body.o.p.q) = 50.4", .yes),
        ("power($body.n, 2) = 2500", .yes), ("abs($body.s) = 1", .undefined), ("($body.missing ?? 'd') = 'd'", .no),
        ("($body.o ?? 'd') = 'd'", .yes),
        ("contains($body.escaped, '\u{1F600}')", .yes),
    ]) func `functions of values of the body`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(
        arguments: [
            ([], "{\"a\":1}"), ([("contentType", "application/json")], "{\"a\":1}"), ([("contentEncoding", "utf-8")], "{\"a\":1}"),
            ([("contentType", "text/plain"), ("contentEncoding", "utf-8")], "{\"a\":1}"),
            ([("contentType", "application/json; charset=utf-8"), ("contentEncoding", "utf-8")], "{\"a\":1}"),
            ([("contentType", "application/json"), ("contentEncoding", "latin-1")], "{\"a\":1}"), (Asked.json, "{\"a\":1"),
            (Asked.json, ""),
            (Asked.json, "[1]"), (Asked.json, "1"), (Asked.json, "{\"a\":1,}"), (Asked.json, "{\"a\":\"\\ud83d\"}"),
        ] as [([(Text, Text)], String)]) func `a body that is no JSON object, or does not say that it is one, has no values`(
            properties: [(Text, Text)], body: String
        ) throws
    {
        let asked = Asked(properties: [], systemProperties: properties, body: Array(body.utf8))
        for condition in ["is_defined($body.a)", "$body.a = 1", "$body.a != 1", "$body.a = null", "NOT ($body.a = 1)", "is_null($body.a)"] {
            #expect(try !asked.matches(condition), "\(condition)")
        }
        #expect(try asked.matches("NOT is_defined($body.a) AND ($body.a ?? 5) = 5"))
    }

    @Test func `case of type and encoding does not matter`() throws {
        let asked = Asked(
            properties: [], systemProperties: [("contentType", "Application/JSON"), ("contentEncoding", "UTF-8")],
            body: Array("{\"a\":1}".utf8))
        #expect(try asked.matches("$body.a = 1"))
    }

    @Test func `bodies in UTF-16 and UTF-32`() throws {
        let text = "{\"\u{E4}\":\"\u{1F600}x\"}"
        let little16 = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big16: [UInt8] = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        let little32 = text.unicodeScalars.flatMap { scalar in (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) } }
        for (encoding, body): (Text, [UInt8]) in [("utf-16", little16), ("UTF-16", big16), ("Utf-32", little32)] {
            let asked = Asked(
                properties: [], systemProperties: [("contentType", "application/json"), ("contentEncoding", encoding)], body: body)
            #expect(try asked.matches("$body.\u{E4} = '\u{1F600}x' AND length($body.\u{E4}) = 3"), "\(encoding)")
        }
    }

    @Test(arguments: [
        ("$body. = 1", "1:7 a name is expected in the path into the body, as $body.engine.sensors[0].name"),
        ("$body.a..b = 1", "1:9 a name is expected in the path into the body, as $body.engine.sensors[0].name"),
        ("$body.a. = 1", "1:9 a name is expected in the path into the body, as $body.engine.sensors[0].name"),
        ("$body.[0] = 1", "1:7 a name is expected in the path into the body, as $body.engine.sensors[0].name"),
        ("$body.a.1 = 1", "1:9 \"1\" cannot be a name in a path: it is a number; elements of arrays are name[0]"),
        ("$body.a[] = 1", "1:8 an element of an array is expected, as [0]; the first is 0"),
        ("$body.a[x] = 1", "1:8 an element of an array is expected, as [0]; the first is 0"),
        ("$body.a[-1] = 1", "1:8 an element of an array is expected, as [0]; the first is 0"),
        ("$body.a[0 = 1", "1:8 an element of an array is expected, as [0]; the first is 0"),
        ("$body.a[0]b = 1", "1:11 an element of an array is expected, as [0]; the first is 0"),
        ("$body.a] = 1", "1:8 an element of an array is expected, as [0]; the first is 0"),
        ("$body.a[9999999999] = 1", "1:8 this index is larger than any array"),
        ("$body.* = 1", "1:7 a path into the body names one value; * for several is not allowed"),
        ("$body.a[1:2] = 1", "1:8 an element of an array is expected, as [0]; the first is 0"),
        ("a[0] = 'x'", "1:1 a name of a property holds no [ or ]; of the body, write $body.name[0]"),
        ("$a[0] = 'x'", "1:1 \"$a[0]\" holds [ or ], which only paths into the body may, as $body.name[0]"),
        ("{$a[0]} = 'x'", "1:2 \"$a[0]\" holds [ or ], which only paths into the body may, as $body.name[0]"),
    ]) func `paths that are none are refused with their place`(condition: String, fault: String) {
        #expect(Asked.fault(condition) == fault)
    }
}
