import JSON
import Messages
import Testing

@Suite struct RouteParseTests {
    private static let input = RouteSink.module(name: "insight", input: "readings")

    @Test func `a source and an input`() throws {
        let route = try Route.parse(
            "FROM /messages/modules/thermometer/outputs/* INTO BrokeredEndpoint(\"/modules/insight/inputs/readings\")")
        #expect(route.source.pattern == "/messages/modules/thermometer/outputs/*")
        #expect(route.sink == Self.input)
    }

    @Test(arguments: [
        "from /* into $upstream", "SELECT * FROM /* INTO $upstream", "Select\t*\nFrom /* inTO $UpStream", "FROM\n\t/ *\r\nINTO $upstream",
    ])
    func `keywords in any case, white space anywhere between tokens`(text: String) throws {
        #expect(try Route.parse(Text(text)) == Route(source: RouteSource("/*"), sink: .upstream))
    }

    @Test func `comments stand between tokens`() throws {
        let text: Text = "/* a */ FROM /* b */ /messages /* c * / */ INTO /**/ $upstream /* d */"
        var warnings: [RouteError] = []
        #expect(try Route.parse(text) { warnings.append($0) } == Route(source: RouteSource("/messages"), sink: .upstream))
        #expect(warnings.isEmpty)
    }

    @Test(arguments: [
        "BrokeredEndpoint('/modules/insight/inputs/readings')", "brokeredendpoint ( \"modules/insight/inputs/readings/\" )",
        "BROKEREDENDPOINT(\" /a/insight/c/readings \")", "BrokeredEndpoint(\"/modules/\\u0069nsight/inputs/readings\")",
    ])
    func `forms of one input`(sink: String) throws {
        #expect(try Route.parse("FROM /messages/* INTO \(Text(sink))").sink == Self.input)
    }

    @Test func `names hold nearly any character`() throws {
        let source = try Route.parse("FROM /messages/modules/a-b/outputs/x!|&#'^~.1 INTO $upstream").source
        #expect(source.matches(module: "a-b", output: "x!|&#'^~.1"))
    }

    @Test func `a string unescapes quotes and surrogate pairs`() throws {
        let sink = try Route.parse(#"FROM /* INTO BrokeredEndpoint("/modules/m/inputs/\uD83D\ude00\"\\\'")"#).sink
        #expect(sink == .module(name: "m", input: "😀\"\\'"))
    }

    @Test(arguments: [
        ("", 1, 1, "the route is empty; a route is FROM source INTO sink"),
        ("  \n ", 2, 2, "the route is empty; a route is FROM source INTO sink"),
        ("FORM /* INTO $upstream", 1, 1, "\"FORM\" is not expected here; a route is FROM source INTO sink"),
        ("SELECT a FROM /* INTO $upstream", 1, 8, "\"a\" is not expected here; * is expected after SELECT: a route carries whole messages"),
        ("FROM", 1, 5, "the route ends here; a source begins with /, as /messages/*"),
        ("FROM messages/* INTO $upstream", 1, 6, "\"messages\" is not expected here; a source begins with /, as /messages/*"),
        (
            "FROM / INTO $upstream", 1, 8,
            "\"INTO\" is not expected here; a name or * is expected after /: a source does not end in /"
        ),
        (
            "FROM /into INTO $upstream", 1, 7,
            "\"into\" is not a name in a source: it is a word of the route language; rename it, or select with *"
        ),
        (
            "FROM /messages/ $upstream", 1, 17,
            "\"$upstream\" is not expected here; a name or * is expected after /: a source does not end in /"
        ),
        ("FROM /messages/", 1, 16, "the route ends here; a name or * is expected after /: a source does not end in /"),
        (
            "FROM /messages/modules/1/* INTO $upstream", 1, 24,
            "\"1\" is not a name in a source: it is a number of the route language; rename it, or select with *"
        ),
        (
            "FROM /messages/modules/e2/* INTO $upstream", 1, 24,
            "\"e2\" is not a name in a source: it is a number of the route language; rename it, or select with *"
        ),
        ("FROM /messages/*", 1, 17, "the route ends here; INTO is expected after the source"),
        ("FROM /messages/* WHERE a = 'b'", 1, 31, "the route ends here; INTO is expected after the condition"),
        ("FROM /*\n  where true to $upstream", 2, 14, "\"to\" is not expected here; an operator or INTO is expected"),
        (
            "FROM /* WHERE INTO $upstream", 1, 15,
            "\"INTO\" is not expected here; a value is expected: a property, 'text', a number, $name, $body.name or a function"
        ),
        (
            "FROM /* INTO $upstream WHERE a = 1", 1, 24,
            "WHERE stands after the sink, where it would have no effect; write it before INTO"
        ),
        ("FROM /* INTO $upstream;", 1, 23, "\";\" is not expected here; nothing may follow the sink"),
        (
            "FROM /* INTO $cloud", 1, 14,
            "\"$cloud\" is not an end point; use $upstream or BrokeredEndpoint(\"/modules/{module}/inputs/{input}\")"
        ),
        (
            "FROM /* INTO upstream", 1, 14,
            "\"upstream\" is not an end point; use $upstream or BrokeredEndpoint(\"/modules/{module}/inputs/{input}\")"
        ),
        ("FROM /* INTO", 1, 13, "the route ends here; use $upstream or BrokeredEndpoint(\"/modules/{module}/inputs/{input}\")"),
        (
            "FROM /* INTO BrokeredEndpoint(m)", 1, 31,
            "\"m\" is not expected here; a string is expected: \"/modules/{module}/inputs/{input}\""
        ),
        (
            "FROM /* INTO BrokeredEndpoint(\"/modules/m\")", 1, 31,
            "\"/modules/m\" is not the path of an input; use \"/modules/{module}/inputs/{input}\""
        ),
        (
            "FROM /* INTO BrokeredEndpoint(\"/modules//inputs/i\")", 1, 31,
            "\"/modules//inputs/i\" is not the path of an input; use \"/modules/{module}/inputs/{input}\""
        ),
        ("FROM /* INTO BrokeredEndpoint(\"/modules/m/inputs/i", 1, 31, "this string has no closing quote"),
        (
            "FROM /* INTO BrokeredEndpoint(\"/modules/\\m\")", 1, 41,
            "no such escape; after \\ comes \\, \", ' or u and four hexadecimal digits"
        ),
        (
            "FROM /* INTO BrokeredEndpoint(\"a\\uD83D\")", 1, 33,
            "this is half of a character; write both halves, as \\uD83D\\uDE00, or the character itself"
        ),
        ("FROM /* INTO BrokeredEndpoint(\"\\U0041\")", 1, 32, "no such escape; after \\ comes \\, \", ' or u and four hexadecimal digits"),
        ("FROM /* INTO BrokeredEndpoint(\"/modules/m/inputs/i\"", 1, 52, "the route ends here; ) is expected after the path of the input"),
        (
            "FROM /ä/messages INTO 'x'", 1, 23,
            "\"'x'\" is not expected here; use $upstream or BrokeredEndpoint(\"/modules/{module}/inputs/{input}\")"
        ),
    ])
    func `what is not a route is refused with its place`(text: String, line: Int, column: Int, message: String) {
        #expect(throws: RouteError(line: line, column: column, message: Text(message))) {
            try Route.parse(Text(text))
        }
    }

    @Test func `a comment in the source hides what is in it, and that is said`() throws {
        var warnings: [RouteError] = []
        let route = try Route.parse("FROM /messages/* WHERE a = 'b' */ INTO $upstream") { warnings.append($0) }
        #expect(route == Route(source: RouteSource("/messages"), sink: .upstream))
        #expect(
            warnings == [
                RouteError(line: 1, column: 15, message: "\"/* WHERE a = 'b' */\" is a comment: /* opens one where a later */ closes it")
            ])
    }

    @Test func `a star inside a source is literal, and that is said`() throws {
        var warnings: [RouteError] = []
        _ = try Route.parse("FROM /messages/modules/*/outputs/x INTO $upstream") { warnings.append($0) }
        #expect(
            warnings == [
                RouteError(line: 1, column: 24, message: "this * is taken literally: only at the end of a source it stands for anything")
            ])
    }

    @Test func `a source that selects nothing is allowed, and that is said`() throws {
        var warnings: [RouteError] = []
        _ = try Route.parse("FROM /message/* INTO $upstream") { warnings.append($0) }
        #expect(
            warnings == [
                RouteError(
                    line: 1, column: 6,
                    message: "\"/message/*\" selects nothing; sources begin with /messages or /twinChangeNotifications, or are /*")
            ])
        warnings = []
        for source: Text in ["/*", "/messages", "/messages/modules/m/outputs/o", "/TwinChangeNotifications/*", "/messages/modules/m"] {
            _ = try Route.parse("FROM \(source) INTO $upstream") { warnings.append($0) }
        }
        #expect(warnings.isEmpty)
    }

    @Test func `a route has a largest length`() throws {
        let padding = String(repeating: " ", count: Route.maximumBytes - 22)
        #expect(try Route.parse(Text("FROM /* INTO $upstream" + padding)).sink == .upstream)
        #expect(throws: RouteError(line: 1, column: 1, message: "the route has 16385 bytes; at most 16384 are allowed")) {
            try Route.parse(Text("FROM /* INTO $upstream " + padding))
        }
    }

    @Test func `hostile texts end in an error`() {
        let texts = [
            "\u{0}", "FROM /" + String(repeating: "a/", count: 8_000), "FROM /* WHERE " + String(repeating: "(", count: 15_000),
            "FROM /* INTO \"" + String(repeating: "\\\\", count: 8_000), String(repeating: "/*", count: 8_000),
            "FROM " + String(repeating: "/* ", count: 5_000),
        ]
        for text in texts {
            #expect(throws: RouteError.self) { try Route.parse(Text(text)) }
        }
    }
}
