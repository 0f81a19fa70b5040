import JSON
import Messages
import Testing

@Suite struct ConditionFunctionTests {
    private let asked = Asked()

    @Test(arguments: [
        "abs(-12) = 12", "ABS(as_number(count)) = 3", "exp(0) = 1", "abs(exp(1) - 2.718281828) < 1e-9", "exp(4000) = 1 / 0",
        "power(2, 3) = 8",
        "Power(2, -1) = 0.5", "power(10, 4000) = 1 / 0", "square(-3) = 9", "ceiling(2.1) = 3", "ceiling(-2.1) = -2", "floor(2.9) = 2",
        "floor(-2.1) = -3", "sign(-0.5) = -1", "sign(0) = 0", "sign(7) = 1", "sign(1 / 0) = 1", "sqrt(16) = 4", "is_defined(abs(3 / 0))",
        "NOT is_defined(sqrt(-4))", "NOT is_defined(abs(3 % 0))", "NOT is_defined(power(2, 3 % 0))",
        "NOT is_defined(floor(as_number(level)))",
    ]) func `maths`(condition: String) throws {
        #expect(try asked.matches(condition))
    }

    @Test(arguments: [
        ("3", "3"), ("-3.5", "-3.5"), ("+3", "3"), (".5", "0.5"), ("5.", "5"), (" 7\t", "7"), ("10e10", "10e10"), ("1E-2", "0.01"),
        ("10000000000000000000000000", "1e25"), ("10e1000", "10e1000"), ("-1e999", "-1e999"), ("0.1", "0.1"),
        ("123456789.123456789", "123456789.123456789"),
        ("9007199254740993", "9007199254740992"), ("000000000000000000000000000000012", "12"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
    ]) func `texts that are numbers`(text: String, number: String) throws {
        #expect(try asked.matches("as_number('\(text)') = \(number)"))
    }

    @Test(arguments: [
        "", " ", "abc", "3x", "1,000", "(5)", "5-", "0x1F", "--1", "1e", "1e+", ".", "-", "1.2.3", "Infinity", "NaN", "\u{661}",
    ])
    func `texts that are no numbers are undefined as such`(text: String) throws {
        #expect(try asked.matches("NOT is_defined(as_number('\(text)'))"))
    }

    @Test(arguments: [
        "as_number(as_number(4)) = 4", "is_bool(true)", "is_bool(3 = 4)", "NOT is_bool('true')", "NOT is_bool(missing)",
        "NOT is_defined(is_bool(missing = 'x'))", "NOT is_bool(12.34)", "NOT is_bool(null)", "is_defined(level)", "NOT is_defined(missing)",
        "NOT is_defined(undefined)", "is_defined(null)", "is_defined(10e1000)", "is_defined(blank)", "NOT is_defined(missing = 'x')",
        "NOT is_defined(3 * as_number(missing))", "is_null(null)", "IS_NULL(null AND true)", "NOT is_null(missing)", "NOT is_null(level)",
        "NOT is_null(12.34)", "NOT is_null(3 % 0)", "NOT is_null(undefined)", "is_number(12.34)", "NOT is_number(3 / 0)",
        "NOT is_number(3 % 0)", "NOT is_number('3')", "is_number(as_number(count))", "NOT is_number(as_number(level))",
        "NOT is_number(null)",
        "is_string(level)", "is_string('')", "is_string(level || 'x')", "NOT is_string(missing)", "NOT is_string(3)", "NOT is_string(true)",
    ]) func `types`(condition: String) throws {
        #expect(try asked.matches(condition))
    }

    @Test(arguments: [
        "concat('a', 'b') = 'ab'", "CONCAT('a', level, 'd', '') = 'ahighd'", "concat(blank, blank) = ''",
        "NOT is_defined(concat('a', missing))",
        "NOT is_defined('a' || missing || 'd')", "length('HELLO') = 5", "length('') = 0", "NOT is_defined(length(missing))",
        "lower('HELLO 1') = 'hello 1'", "upper(level) = 'HIGH'", "NOT is_defined(upper(missing))", "substring('abc', 1) = 'bc'",
        "substring('abc', 3) = ''", "NOT is_defined(substring('abc', 4))", "NOT is_defined(substring('abc', -1))",
        "substring('abc', 1, 1) = 'b'", "substring('abc', 1, 0) = ''", "NOT is_defined(substring('abc', 3, 0))",
        "NOT is_defined(substring('', 0, 0))", "substring('', 0) = ''",
        "NOT is_defined(substring('abc', 3.5))", "NOT is_defined(substring('abc', 0.5, 2.9))",
        "substring('hello', 0, 5) = 'hello'", "NOT is_defined(substring('abc', 1, 3))", "NOT is_defined(substring('abc', 0, -1))",
        "NOT is_defined(substring('abc', 3 % 0))", "NOT is_defined(substring('abc', 1 / 0))", "NOT is_defined(substring(missing, 1))",
        "substring('abc', 1.9) = 'bc'", "substring('abc', 0.5, 1.5) = 'a'", "index_of('abcdef', 'cd') = 2", "index_of('abc', 'x') = -1",
        "index_of('abc', '') = 0", "index_of('', 'a') = -1", "NOT is_defined(index_of(missing, 'a'))", "starts_with('abc', 'ab')",
        "NOT starts_with('abc', 'abcd')", "starts_with('abc', '')", "NOT is_defined(starts_with(missing, 'a'))", "ends_with('abc', 'bc')",
        "NOT ends_with('abc', 'zabc')", "ends_with('abc', '')", "contains('abc', 'b')", "NOT contains('abc', 'B')", "contains('', '')",
        "NOT is_defined(contains('a', missing))", "upper(substring(concat('x', level), 1, 2)) = 'HI'",
    ]) func `texts`(condition: String) throws {
        #expect(try asked.matches(condition))
    }

    @Test func `lengths and places are those of UTF-16`() throws {
        for condition in [
            "length('\u{1F600}') = 2", "length('e\u{301}') = 2", "length('\r\n') = 2", "length('\u{FFFD}') = 1",
            "index_of('\u{1F600}x', 'x') = 2",
            "index_of('\u{E4}\u{F6}', '\u{F6}') = 1", "substring('\u{1F600}xy', 2) = 'xy'", "substring('a\u{1F600}y', 1, 2) = '\u{1F600}'",
            "substring('\u{1F600}', 1, 0) = ''", "substring('a\u{1F600}', 2, 0.9) = ''", "NOT is_defined(substring('\u{1F600}', 2, 0))",
            "NOT is_defined(substring('\u{1F600}', 1))", "NOT is_defined(substring('\u{1F600}', 0, 1))", "NOT contains('\u{E9}', 'e')",
        ] { #expect(try asked.matches(condition), "\(condition)") }
    }

    @Test func `letters beyond ASCII change their case one by one`() throws {
        for condition in [
            "lower('\u{C4}\u{D6}\u{DC}') = '\u{E4}\u{F6}\u{FC}'", "upper('\u{E4}\u{3B1}\u{436}') = '\u{C4}\u{391}\u{416}'",
            "upper('stra\u{DF}e') = 'STRA\u{DF}E'", "upper('\u{131}') = '\u{131}'", "lower('\u{130}') = '\u{130}'",
            "upper('\u{1F600}\u{4E2D}') = '\u{1F600}\u{4E2D}'", "lower('\u{23A}') = '\u{2C65}'", "upper(lower('\u{10400}')) = '\u{10400}'",
        ] { #expect(try asked.matches(condition), "\(condition)") }
    }
}
