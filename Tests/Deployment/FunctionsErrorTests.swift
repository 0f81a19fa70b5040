import Deployment
import JSON
import Testing

private func functions(_ members: String) -> String {
    manifest(type: "functions", module: #""status": "running", "settings": {"image": "m.so", \#(members)}"#)
}

/// `f` takes a number and a text.
private let good = #""functions": {"f": {"symbol": "f", "arguments": ["uint8", "string"], "returns": "void"}}"#

/// A function with these arguments.
private func taking(_ arguments: String, returns: String = "void") -> String {
    #""functions": {"f": {"symbol": "f", "arguments": \#(arguments), "returns": "\#(returns)"}}"#
}

/// A callback with these members beside a good one's.
private func callback(_ members: String) -> String {
    #"\#(good), "callbacks": {"c": {\#(members)}}"#
}

/// What is wrong with the functions of a module, each with its place and a remedy.
struct `Errors in functions` {
    private func check(_ members: String, _ expected: String) {
        #expect(findings(functions(members)) == ["error \(modulePath).settings\(expected)"])
    }

    @Test(arguments: [
        (#""isolation": "loop""#, #": "functions" is missing; write "functions": {"name": {"symbol": …, "arguments": […], "returns": …}}"#),
        (#""functions": {}"#, ".functions: there are no functions; name at least one"),
        (#"\#(good), "pols": []"#, #".pols: "pols" is not known in the settings of functions; did you mean "polls"?"#),
        (
            #""functions": {"f": {"symbol": "a-b", "arguments": [], "returns": "void"}}"#,
            #".functions.f.symbol: "a-b" is not a symbol of C; use letters, digits and _, no digit first"#
        ),
        (
            #""functions": {"f": {"symbol": "f", "arguments": []}}"#,
            #".functions.f: "returns" is missing; write "returns": "double" or another C type, void for none"#
        ),
        (
            taking("[]", returns: "bytes"),
            #".functions.f.returns: "bytes" is not a C type; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, string or void"#
        ),
    ])
    func `of a function`(members: String, expected: String) { check(members, expected) }

    @Test(arguments: [
        (
            #"["int"]"#,
            #"[0]: "int" is not a C type; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, string or bytes"#
        ),
        (
            "[[]]",
            #"[0]: [] is not a C type; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, string or bytes"#
        ),
        (#"["int8", "void"]"#, #"[1]: "void" is not the type of an argument; use [] for no arguments"#),
        (#"[{"bufer": 1}]"#, #"[0].bufer: "bufer" is not known in a type; did you mean "buffer"?"#),
        ("[{}]", "[0]: the object must hold one of buffer, struct and pointer, and holds none"),
        (#"[{"direction": "out"}]"#, "[0]: the object must hold one of buffer, struct and pointer, and holds none"),
        (
            #"[{"buffer": 1, "pointer": "int8"}]"#,
            "[0]: the object must hold one of buffer, struct and pointer, and holds buffer and pointer"
        ),
        (#"[{"buffer": 0}]"#, "[0].buffer: 0 is out of range; use a whole number from 1 to 262144"),
        (#"[{"buffer": 262145}]"#, "[0].buffer: 262145 is out of range; use a whole number from 1 to 262144"),
        (#"[{"buffer": "8"}]"#, #"[0].buffer: "8" is not a whole number from 1 to 262144"#),
        (#"[{"buffer": 8, "length": "return"}]"#, #"[0].length: "return" is not the length of a buffer; use returns or pointer"#),
        (
            #"[{"buffer": 8, "direction": "in"}]"#,
            "[0].direction: a buffer is always written by the function; remove the direction, or use bytes to give some"
        ),
        (
            #"[{"buffer": 8, "length": "returns"}]"#,
            "[0]: argument 1 has the length that the function returns, but that returns void; use an integer type"
        ),
        (#"[{"pointer": "int8", "length": "returns"}]"#, #"[0].length: "length" belongs to a buffer, and this is none; remove it"#),
        (#"[{"pointer": "int8", "direction": "ni"}]"#, #"[0].direction: "ni" is not a direction; use in, out or inout"#),
        (
            #"[{"pointer": "string"}]"#,
            #"[0].pointer: "string" is not a C type that is a number or bool; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float or double"#
        ),
        (
            #"[{"struct": {"a": "int8", "b": "bytes"}}]"#,
            #"[0].struct.b: "bytes" is not a C type that is a number or bool; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float or double"#
        ),
        (#"[{"struct": ["int8"]}]"#, "[0].struct: an array is not an object"),
        (#"["int8", {"struct": {}}]"#, "[1]: argument 2 is a struct of 0 members; it has from 1 to 32"),
        (
            "[{\"struct\": {\((0..<33).map { "\"m\($0)\": \"int8\"" }.joined(separator: ", "))}}]",
            "[0]: argument 1 is a struct of 33 members; it has from 1 to 32"
        ),
        (
            "[\(Array(repeating: "\"int8\"", count: 17).joined(separator: ","))]",
            ": the array has 17 elements; at most 16 are allowed"
        ),
    ])
    func `of an argument's type`(arguments: String, expected: String) { check(taking(arguments), ".functions.f.arguments\(expected)") }

    @Test(arguments: [
        (#"{"function": "other"}"#, #"[0].function: "other" is not a function of this module; use "f""#),
        (#"{"function": ""}"#, "[0].function: the string is empty; it needs a value"),
        (#"{"arguments": []}"#, #"[0]: "function" is missing; write "function": "…""#),
        (
            #"{"function": "f"}"#,
            #"[0]: function "f": arguments given: 0, but the function takes 2: (uint8, string)"#
        ),
        (
            #"{"function": "f", "arguments": [1]}"#,
            #"[0].arguments: function "f": arguments given: 1, but the function takes 2: (uint8, string)"#
        ),
        (#"{"function": "f", "arguments": 1}"#, "[0].arguments: 1 is not an array"),
        (
            #"{"function": "f", "arguments": [256, "x"]}"#,
            #"[0].arguments[0]: function "f": argument 1 is 256, but uint8 takes an integer from 0 to 255"#
        ),
        (
            #"{"function": "f", "arguments": [1, 2]}"#,
            #"[0].arguments[1]: function "f": argument 2 is 2, but string takes a string"#
        ),
    ])
    func `of whatever calls a function`(call: String, expected: String) {
        let poll = call.dropLast() + #", "everyMs": 1, "output": "o"}"#
        check(#"\#(good), "polls": [\#(poll)]"#, ".polls\(expected)")
        check(#"\#(good), "initial": [\#(call)]"#, ".initial\(expected)")
        check(#"\#(good), "final": [\#(call)]"#, ".final\(expected)")
    }

    @Test(arguments: [
        (
            #""polls": [{"function": "f", "arguments": [1, ""], "everyMs": 0, "output": "o"}]"#,
            ".polls[0].everyMs: 0 is out of range; use a whole number from 1 to 4294967295"
        ),
        (
            #""polls": [{"function": "f", "arguments": [1, ""], "everyMs": 1, "output": "a/b"}]"#,
            #".polls[0].output: "a/b" is not the name of an input or output; use anything but / # + and control characters"#
        ),
        (
            #""initial": [{"function": "f", "arguments": [1, ""], "expects": 0}]"#,
            #".initial[0].expects: "expects" is not known in a call; did you mean "expect"?"#
        ),
        (#""final": {}"#, ".final: {} is not an array"),
    ])
    func `of polls, initial and final calls`(members: String, expected: String) { check("\(good), \(members)", expected) }

    @Test func `a misspelt function is guessed`() {
        let text = #""functions": {"measure": {"symbol": "f", "arguments": [], "returns": "void"}}, "initial": [{"function": "meassure"}]"#
        check(text, #".initial[0].function: "meassure" is not a function of this module; did you mean "measure"?"#)
    }

    @Test(arguments: [
        (
            #""arguments": [], "output": "o""#,
            #": "subscribe" is missing; write "subscribe": "…", the C function that takes a callback and its user pointer"#
        ),
        (#""subscribe": "s", "output": "o""#, #": "arguments" is missing; write "arguments": ["int32", "user"], as C calls it"#),
        (#""subscribe": "s", "arguments": []"#, #": "output" is missing; write "output": "…""#),
        (
            #""subscribe": "s", "arguments": [], "output": "a/b""#,
            #".output: "a/b" is not the name of an input or output; use anything but / # + and control characters"#
        ),
        (
            #""subscribe": "s", "unsubscribe": "1", "arguments": [], "output": "o""#,
            #".unsubscribe: "1" is not a symbol of C; use letters, digits and _, no digit first"#
        ),
        (
            #""subscribe": "s", "unsubscrib": "u", "arguments": [], "output": "o""#,
            #".unsubscrib: "unsubscrib" is not known in a callback; did you mean "unsubscribe"?"#
        ),
        (
            #""subscribe": "s", "arguments": ["int"], "output": "o""#,
            #".arguments[0]: "int" is not a C type; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, string, bytes or user"#
        ),
        (
            #""subscribe": "s", "arguments": ["user", {"buffer": 8}], "output": "o""#,
            ".arguments[1]: argument 2 is a buffer, which a callback cannot fill; use bytes for what the library gives"
        ),
        (
            #""subscribe": "s", "arguments": [{"pointer": "int8", "direction": "out"}], "output": "o""#,
            ".arguments[0]: argument 1 is written by the callback, which only reads; use the direction in"
        ),
        (
            #""subscribe": "s", "arguments": [], "returns": "int", "output": "o""#,
            #".returns: "int" is not a C type; use bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, string or void"#
        ),
        (
            #""subscribe": "s", "arguments": [], "expect": 0.5, "output": "o""#,
            ".expect: 0.5 is not a whole number from -2147483648 to 2147483647"
        ),
    ])
    func `of a callback`(members: String, expected: String) { check(callback(members), ".callbacks.c\(expected)") }

    @Test func `there are at most sixteen callbacks`() {
        let one = #"{"subscribe": "s", "arguments": [], "output": "o"}"#
        let all = (0..<17).map { "\"c\($0)\": \(one)" }.joined(separator: ", ")
        check(#"\#(good), "callbacks": {\#(all)}"#, ".callbacks: there are 17 callbacks; at most 16 are possible")
    }

    @Test func `a function that is wrong is not said to be missing too`() {
        let text = functions(
            #""functions": {"f": 1, "g": {"symbol": "g", "arguments": [], "returns": "void"}}, "polls": [{"function": "f", "everyMs": 1, "output": "o"}]"#
        )
        #expect(findings(text) == ["error \(modulePath).settings.functions.f: 1 is not an object"])
    }

    @Test(arguments: [
        (#""bool""#, "true", "1"), (#""int8""#, "-128", "-129"), (#""uint8""#, "255", "-1"), (#""int16""#, "32767", "32768"),
        (#""uint16""#, "65535", "65536"), (#""int32""#, "-2147483648", "2147483648"), (#""uint32""#, "4294967295", "4294967296"),
        (#""int64""#, "-9223372036854775808", "1.0"), (#""uint64""#, "9223372036854775807", "-1"), (#""float""#, "1", "\"1\""),
        (#""double""#, "1.5", "null"), (#""string""#, "\"ä\"", "\"\\u0000\""), (#""bytes""#, "\"/w==\"", "\"/w\""),
        (#"{"pointer": "int8"}"#, "1", "128"), (#"{"struct": {"a": "bool"}}"#, #"{"a": true}"#, #"{"a": true, "b": true}"#),
        (#"{"struct": {"a": "bool"}, "direction": "inout"}"#, #"{"a": false}"#, "{}"),
    ])
    func `an argument fits its type or is refused`(type: String, good: String, bad: String) {
        func text(_ value: String) -> String {
            functions(#"\#(taking("[\(type)]")), "initial": [{"function": "f", "arguments": [\#(value)]}]"#)
        }
        #expect(findings(text(good)) == [])
        #expect(findings(text(bad)).count == 1)
    }
}
