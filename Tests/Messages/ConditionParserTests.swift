import JSON
import Messages
import Testing

@Suite struct ConditionParserTests {
    private let asked = Asked()

    @Test(arguments: [
        "key ?? 'x' = 'y'", "NOT level = 'high'", "- level = 3", "missing AND true", "true OR level", "3 + level > 2", "'a' + 'b' = 'ab'",
        "3 = undefined", "null = 3", "undefined = null", "(level ?? null) = 'x'", "(true ?? level) = true", "NOT undefined", "NOT 'x'",
        "- undefined = 1", "true + 1 = 2", "null * 2 = 0", "'a' || 3 = 'a3'", "'a' || null = 'a'", "length(3) = 1", "$body.x = undefined",
        "concat('a') = 'a'", "concat() = ''", "abs() = 1", "abs(1, 2) = 1", "is_null() = true", "is_null(1, 2)", "substring('a') = 'a'",
        "substring('a', 'b') = 'a'", "index_of('a', 1) = 0", "as_number(true) = 1", "as_number(null) = 1", "power(2) = 4",
        "lower(null) = ''",
        "contains('a', undefined)", "length(upper(3)) = 1", "$messageId > 5", "{$to} = null",
    ]) func `static types are those of the reference`(condition: String) throws {
        #expect(Asked.fault(condition) != nil)
    }

    @Test(arguments: [
        ("level > 5", "1:1 level is a property, always a string; write as_number(level) > 5"),
        ("5 <= level", "1:6 level is a property, always a string; write 5 <= as_number(level)"),
        ("level = true", "1:1 level is a property, always a string, and true is a truth value; write level = 'true' in its place"),
        ("level = null", "1:1 level is a property, always a string, or undefined if it is missing; write is_defined(level)"),
        (
            "$messageId != undefined",
            "1:1 $messageId is a property, always a string, or undefined if it is missing; write is_defined($messageId)"
        ),
        ("'a' = 3", "1:5 'a' is a string, and 3 is a number; both sides of = must be of one type"),
        ("null ?? 3 = 3", "1:6 this is null, and 3 = 3 is a truth value; both sides of ?? must be of one type"),
        ("level AND true", "1:1 level is a property, always a string, and AND takes true or false; write level = 'true'"),
        ("true or 5", "1:9 5 is a number, and or takes true or false; compare it, or put parentheses around the comparison"),
        ("NOT level = 'x'", "1:5 level is a property, always a string, and NOT takes true or false; write level = 'true'"),
        ("level + 1 = 2", "1:1 level is a property, always a string, and + takes numbers; write as_number(level), or join texts with ||"),
        ("2 * true = 2", "1:5 true is a truth value, and * takes numbers"),
        ("(level = 'a') || true", "1:1 (level = 'a') is a truth value, and || joins strings; for one of two conditions write OR"),
        (
            "abs(level) > 1",
            "1:5 argument 1 of abs(number) must be a number, and level is a property, always a string; write as_number(level)"
        ),
        (
            "substring(level, 'x') = 'y'",
            "1:18 argument 2 of substring(string, start) or (string, start, length) must be a number, and 'x' is a string; write as_number('x')"
        ),
        ("concat('a') = 'a'", "1:1 wrong number of arguments; use concat(string, string, …), of 2 to 64 strings"),
        ("abs(1, 2) = 1", "1:8 wrong number of arguments; use abs(number)"),
        (
            "size(level) = 1",
            "1:1 \"size\" is not a function; use abs, exp, square, ceiling, floor, sign, sqrt, is_bool, is_defined, is_null, is_number, is_string, starts_with, ends_with, contains, power, as_number, concat, length, lower, upper, substring or index_of"
        ),
        ("twin_change_includes(a.b)", "1:1 twin_change_includes is not there on the edge; look into the change with $body"),
        (
            "level = 'a' || level = 'b'",
            "1:22 level = 'a' || level is a truth value, and 'b' is a string; both sides of = must be of one type; || joins strings, for one of two conditions write OR"
        ),
    ]) func `an error says what would be right`(condition: String, fault: String) {
        #expect(Asked.fault(condition) == fault)
    }

    @Test(arguments: [
        ("level == 'x'", "1:8 == is not an operator; use ="), ("level && true", "1:7 && is not an operator; use AND"),
        ("5 -3 = 2", "1:3 \"-3\" is a number; to subtract, put white space behind -"),
        ("(5) +3 = 8", "1:5 \"+3\" is a name: operators made of characters of names need white space around them"),
        ("(level = 'x'", "1:14 \"INTO\" is not expected here; an operator or ) is expected"),
        ("level = 'x')", "1:12 there is no ( for this )"),
        ("abs(1", "1:7 \"INTO\" is not expected here; an operator, a comma or ) is expected"),
        (
            "abs(1,) = 1",
            "1:7 \")\" is not expected here; a value is expected: a property, 'text', a number, $name, $body.name or a function"
        ),
        ("{level} = 'x'", "1:2 \"level\" is not expected here; a system property is expected in { }, as {$messageId}"),
        ("{$messageId = 'x'", "1:13 \"=\" is not expected here; } is expected"),
        ("level = 'x", "1:9 this string has no closing quote"),
        ("level = '\\n'", "1:10 no such escape; after \\ comes \\, \", ' or u and four hexadecimal digits"),
        ("level = '\\U0041'", "1:10 no such escape; after \\ comes \\, \", ' or u and four hexadecimal digits"),
        ("level = '\\uD83D'", "1:10 this is half of a character; write both halves, as \\uD83D\\uDE00, or the character itself"),
        ("level = 'a' 'b'", "1:13 \"'b'\" is not expected here; an operator or INTO is expected"),
        ("a ; b", "1:3 \";\" is not expected here; an operator or INTO is expected"),
        ("a ? b", "1:3 \"?\" is not expected here; an operator or INTO is expected"),
        ("from = 'x'", "1:1 \"from\" is a word of the route language, not the name of a property"),
        ("is_defined(e5)", "1:12 \"e5\" is an exponent without a number; no property can be called so in a condition"),
        ("-E2 = 1", "1:1 \"-E2\" is an exponent without a number; no property can be called so in a condition"),
        ("1 = 0x8000000000000000", "1:5 \"0x8000000000000000\" is too large; the largest is 0x7FFFFFFFFFFFFFFF"),
        ("1 = 0x10000000000000000", "1:5 \"0x10000000000000000\" is too large; the largest is 0x7FFFFFFFFFFFFFFF"),
        ("level = 'a'\n  AND 5", "2:7 5 is a number, and AND takes true or false; compare it, or put parentheses around the comparison"),
        ("'\u{1F600}\u{E4}' = 3", "1:6 '\u{1F600}\u{E4}' is a string, and 3 is a number; both sides of = must be of one type"),
    ]) func `what is not a condition is refused with its place`(condition: String, fault: String) {
        #expect(Asked.fault(condition) == fault)
    }

    @Test(arguments: ["1", "-1", "1.5", ".5", "1e5", "5E-1", "-.5e+3", "0x1f"]) func `numbers are not names`(text: String)
        throws
    {
        #expect(try asked.outcome("is_number(\(text))") == .yes)
    }

    @Test(arguments: ["1x", "5.", "+1", "0x", "0xg", "e", "1e", "--1"]) func `what is no number is a name`(text: String) throws {
        #expect(try asked.matches("NOT is_defined(\(text))"))
    }

    @Test func `operators of characters of names need white space`() throws {
        let asked = Asked(properties: [("a-b", "x"), ("a!", "b"), ("b", "b")])
        #expect(try asked.matches("a-b='x'"))
        #expect(try asked.matches("a!=b"), "a! is the name, = the operator")
        #expect(Asked.fault("b = 'b'AND b = 'b'") != nil, "'b'AND is one name")
        #expect(try asked.matches("2>1 AND 2>=2 AND 1<=2 AND b<>'x'"))
    }

    @Test(arguments: [
        ("a!=b", ["1 \"a!\" is one name, of a property: operators made of characters of names need white space around them"]),
        ("5*3 = 'x'", ["1 \"5*3\" is one name, of a property: operators made of characters of names need white space around them"]),
        ("a-b = 'x'", []), ("level = True", ["9 \"True\" is the name of a property; the literal is true"]),
        ("level", ["1 level is a property, always a string: the condition is never true, and the route carries nothing"]),
        ("1 + 1", ["1 1 + 1 is a number: the condition is never true, and the route carries nothing"]),
        ("null", ["1 this is null: the condition is never true, and the route carries nothing"]), ("level = 'x' AND $body.flag", []),
        ("$body.flag", []),
        ("$body = 'x'", ["1 $body alone is always undefined; write $body.name"]),
        ("$sequenceNumber = 'x'", ["1 no message here has the system property \"$sequenceNumber\": it is always undefined"]),
        ("$MessageId = $RPSENDERMODULEID", []),
    ]) func `what is allowed and probably not meant is said`(condition: String, warnings: [String]) throws {
        #expect(try Asked.warnings(condition) == warnings)
    }

    @Test func `a condition may stand in the text of a route as it likes`() throws {
        let route = try Route.parse(
            "select * from /messages/modules where level/* x */='high' and (a.b = \"into\")\n into BrokeredEndpoint('/modules/m/inputs/i')")
        #expect(route.condition?.text == "level/* x */='high' and (a.b = \"into\")")
        #expect(route.source.pattern == "/messages/modules")
        #expect(route.sink == .module(name: "m", input: "i"))
    }
}
