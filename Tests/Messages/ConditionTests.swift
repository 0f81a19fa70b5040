import JSON
import Messages
import Testing

@Suite struct ConditionTests {
    private let asked = Asked()

    // MARK: Three-valued logic (facts 7.6)

    @Test(arguments: [
        ("true", Outcome.yes), ("false", .no), ("undefined", .undefined), ("null", .null), ("3", .undefined), ("'true'", .undefined),
        ("level", .undefined),
    ]) func `only a final true matches`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        "missing = 'x'", "missing != 'x'", "missing <> 'x'", "'a' < missing", "missing >= 'a'", "NOT (missing = 'x')",
        "undefined = undefined",
        "undefined < undefined", "as_number('abc') = 3", "as_number(missing) = 3", "as_number(missing) * 3 = 9", "3 % 0 = 0", "0 / 0 = 1",
        "(missing ?? missing) = 'x'", "length(missing) = 0", "sqrt(-4) = 2", "undefined ?? undefined",
    ]) func `what is missing or not a number is undefined`(condition: String) throws {
        #expect(try asked.outcome(condition) == .undefined)
    }

    @Test(arguments: [
        ("true AND true", Outcome.yes), ("true AND false", .no), ("false AND true", .no), ("false AND false", .no),
        ("undefined AND true", .undefined), ("true AND undefined", .undefined), ("undefined AND false", .no), ("false AND undefined", .no),
        ("undefined AND undefined", .undefined), ("true AND missing = 'x'", .undefined), ("false AND missing = 'x'", .no),
        ("missing = 'x' AND false", .no), ("null AND true", .null), ("true AND null", .null), ("false AND null", .null),
        ("null AND null", .null),
        ("null AND undefined", .null), ("(null AND false) = null", .yes), ("NOT (null AND true)", .yes), ("NOT (false AND null)", .yes),
    ]) func `AND has four values`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        ("true OR true", Outcome.yes), ("true OR false", .yes), ("false OR true", .yes), ("false OR false", .no),
        ("undefined OR true", .yes),
        ("true OR undefined", .yes), ("undefined OR false", .undefined), ("false OR undefined", .undefined),
        ("undefined OR undefined", .undefined), ("true OR missing = 'x'", .yes), ("missing = 'x' OR false", .undefined),
        ("null OR true", .yes), ("null OR false", .no), ("true OR null", .yes), ("false OR null", .no), ("null OR null", .null),
        ("(null OR null) = null", .yes), ("null OR missing = 'x'", .undefined), ("level = 'low' OR level = 'mid' OR level = 'high'", .yes),
    ]) func `OR has four values`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        ("NOT true", Outcome.no), ("NOT false", .yes), ("not null", .yes), ("NOT NOT true", .yes), ("NOT (true AND false)", .yes),
        ("NOT (level = 'high')", .no),
    ]) func `NOT has four values`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    @Test(arguments: [
        ("(missing ?? 'd') = 'd'", Outcome.yes), ("(level ?? 'd') = 'high'", .yes), ("(missing ?? missing ?? 'd') = 'd'", .yes),
        ("(as_number(level) ?? 12.34) = 12.34", .yes), ("(as_number(count) ?? 12.34) = 3", .yes), ("(3 % 0 ?? 5) = 5", .yes),
        ("missing = 'x' ?? true", .yes), ("level = 'x' ?? true", .no), ("(missing ?? level) = 'high'", .yes),
    ]) func `the first that is defined`(condition: String, outcome: Outcome) throws {
        #expect(try asked.outcome(condition) == outcome)
    }

    // MARK: Comparison and arithmetic

    @Test(arguments: [
        "3 = 3", "3 != 4", "'a' = 'a'", "'a' <> 'b'", "true = true", "true != false", "null = null", "null <= null", "false < true",
        "3 < 4", "4 <= 4", "4 > 3", "4 >= 4", "'a' < 'b'", "'a' < 'aa'", "'B' < 'a'", "level = 'high'", "'high' = level", "level >= 'high'",
        "as_number(count) = 3", "count = '3'", "-1 < 0", "0 = -0", "1 / 0 = 10e1000", "1 / 0 > 5", "3 + 4 = 7", "3 - 4 = -1", "3 * 4 = 12",
        "3 / 4 = 0.75", "4 % 3 = 1", "-4 % 3 = -1", "5.5 % 2 = 1.5", "- (3 + 4) = -7", "- as_number(count) = -3", "2 + 3 * 4 = 14",
        "(2 + 3) * 4 = 20", "10 - 4 - 3 = 3", "16 / 4 / 2 = 2", "1 < 2 = true", "0x1F = 31", "0X1f = 31", "0x7FFFFFFFFFFFFFFF > 9e18",
        ".5 = 0.5", "-.5 < 0", "1e3 = 1000", "1.5E-1 = 0.15", "1e1000 = 1 / 0", "9007199254740993 = 9007199254740992",
        "'a' || 'b' || 'c' = 'abc'", "'a' || level = 'ahigh'", "level || count != level",
    ]) func `holds`(condition: String) throws {
        #expect(try asked.matches(condition))
    }

    @Test(arguments: [
        "3 = 4", "'a' = 'A'", "level = 'HIGH'", "'b' < 'a'", "null != null", "null < null", "true < true", "level = ''", "2 > 3",
    ])
    func `does not hold`(condition: String) throws {
        #expect(try asked.outcome(condition) == .no)
    }

    @Test func `texts compare and order by code units of UTF-16, and nothing is normalised`() throws {
        #expect(try asked.matches("'\u{E9}' != 'e\u{301}'"))
        #expect(try asked.matches("'\u{1F600}' < '\u{FFFD}'"), "surrogates come before U+E000")
        #expect(try asked.matches("'\u{1F600}' > '\u{D7FF}'"))
        #expect(try asked.matches("'\\uD83D\\uDE00' = '\u{1F600}'"))
        #expect(try asked.matches("'\\u0041\\'\\\"\\\\' = \"A'\\\"\\\\\""))
    }

    // MARK: Names (facts 7.4)

    @Test func `names of properties compare without the case of letters`() throws {
        #expect(try asked.matches("LEVEL = 'high' AND loud = 'VALUE3' AND Loud = 'VALUE3'"))
    }

    @Test func `nearly every character may stand in a name`() throws {
        let names: [Text] = ["a.b", "a-b", "5*3", "3+4", "a||b", "-x", "'x'||'y'", "a!", "5.", "!|&#'^~.1", "True", "\u{E4}", "$"]
        let asked = Asked(properties: names.map { ($0, "y") })
        for name in names { #expect(try asked.matches("\(name) = 'y'"), "\(name)") }
        #expect(try asked.matches("a!='y'"), "the name is a!")
    }

    @Test func `a dollar name is the property first, and in braces never`() throws {
        let asked = Asked(
            properties: [("$messageId", "property"), ("$body.x", "property")], systemProperties: Asked.json + [("messageId", "system")],
            body: Array("{\"x\":\"body\"}".utf8))
        #expect(try asked.matches("$messageId = 'property' AND {$messageId} = 'system' AND { $MESSAGEID } = 'system'"))
        #expect(try asked.matches("$body.x = 'property' AND {$body.x} = 'body'"))
    }

    @Test func `system properties of the message and of the hub`() throws {
        let asked = Asked(
            systemProperties: [
                ("messageId", "1"), ("correlationId", "2"), ("userId", "3"), ("to", "4"), ("creationTime", "5"), ("expiryTimeUtc", "6"),
                ("messageSchema", "7"), ("component", "8"), ("ack", "9"), ("contentType", "a"), ("contentEncoding", "b"),
                ("messageType", "c"),
                ("rpSenderDeviceId", "d"), ("rpSenderModuleId", "e"),
            ], body: [])
        for condition in [
            "$messageId = '1'", "$MESSAGEID = '1'", "$correlationId = '2'", "$cid = '2'", "$userId = '3'", "$to = '4'",
            "$creationTime = '5'",
            "$expiryTimeUtc = '6'", "$absolute-expiry-time = '6'", "$messageSchema = '7'", "$component = '8'", "$dt-subject = '8'",
            "$ack = '9'",
            "$contentType = 'a'", "$contentEncoding = 'b'", "$messageType = 'c'", "$rpSenderDeviceId = 'd'", "$rpSenderModuleId = 'e'",
            "$connectionDeviceId = 'dev'", "$connectionModuleId = 'thermometer'", "$outputName = 'temperature'",
            "$enqueuedTime = '2023-11-14T22:13:20.123Z'", "$edgeHubOriginInterface = 'internal'", "NOT is_defined($sequenceNumber)",
            "NOT is_defined($body)",
        ] { #expect(try asked.matches(condition), "\(condition)") }
    }

    @Test func `a sender cannot say who it is`() throws {
        let asked = Asked(
            properties: [("connectionModuleId", "x"), ("deviceId", "x")],
            systemProperties: [("connectionModuleId", "forged"), ("connectionDeviceId", "forged")], body: [])
        #expect(try asked.matches("$connectionModuleId = 'thermometer' AND $connectionDeviceId = 'dev'"))
    }

    @Test func `a message of the operator has no module and no output`() throws {
        let asked = Asked(module: "", output: "", body: [])
        #expect(try asked.matches("NOT is_defined($connectionModuleId) AND NOT is_defined($outputName)"))
    }

    // MARK: Conditions as values

    @Test func `conditions are equal where their text is`() throws {
        #expect(try Asked.compile("a = 'x'") == Asked.compile("a = 'x'"))
        #expect(try Asked.compile("a = 'x'") != Asked.compile("a  = 'x'"))
        let route = try Route.parse("FROM /messages WHERE /* b */ a = 'x' /* c */ INTO $upstream")
        #expect(route.condition?.text == "a = 'x'")
    }

    @Test func `a condition that is true is none`() throws {
        #expect(try Asked.compile("true") == nil)
        #expect(try Asked.compile("(true)") == nil)
        #expect(try Asked.compile("false") != nil)
        #expect(try Route.parse("FROM /* INTO $upstream").condition == nil)
    }

    @Test func `one subject serves many messages and conditions`() throws {
        let subject = ConditionSubject(deviceID: "d")
        let conditions = try ["level = 'high'", "$body.n > 2", "lower(name) = 'x' OR is_string($body.s)"].map { try Asked.compile($0) }
        func ask(_ body: String, _ properties: [(Text, Text)]) -> [Bool] {
            let message = Message(
                module: "m", output: "o", body: Array(body.utf8), properties: properties.map { MessageProperty(name: $0.0, value: $0.1) },
                systemProperties: Asked.json.map { MessageProperty(name: $0.0, value: $0.1) })
            subject.begin(message, enqueuedMs: 0)
            defer { subject.end() }
            return conditions.map { $0?.matches(subject) ?? true }
        }
        #expect(ask("{\"n\":3}", [("level", "high")]) == [true, true, false])
        #expect(ask("{\"s\":\"\",\"n\":1}", []) == [false, false, true])
        #expect(ask("no JSON", [("Name", "X")]) == [false, false, true])
        #expect(ask("{\"n\":3}", [("level", "high")]) == [true, true, false])
    }
}
