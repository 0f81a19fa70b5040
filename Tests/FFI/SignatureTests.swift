import FFI
import JSON
import Testing

private func call(_ symbol: String, _ types: [CType], returns: CType, _ values: [JSON]) throws -> JSON? {
    try Signature(types.map { .value($0) }, returns: returns).call(TestLibrary.shared[symbol], values).value
}

/// Why a call is refused, which is never made: the function counts its calls.
func refusal(_ parameters: [CParameter], _ values: [JSON]) throws -> FFIError {
    let counted = try Signature([], returns: .int32)
    let before = try counted.call(TestLibrary.shared["counted"], [])
    do throws(FFIError) {
        let result = try Signature(parameters, returns: .void).call(TestLibrary.shared["count"], values)
        Issue.record("called: \(result)")
        return FFIError(.signature, "")
    } catch {
        #expect(try counted.call(TestLibrary.shared["counted"], []) == before)
        return error
    }
}

/// The count of calls is one for all.
@Suite(.serialized) struct `Calls by value` {
    @Test(
        arguments: [
            (.bool, true), (.bool, false),
            (.int8, -128), (.int8, 127), (.uint8, 0), (.uint8, 255),
            (.int16, -32768), (.int16, 32767), (.uint16, 65535),
            (.int32, -2_147_483_648), (.int32, 2_147_483_647), (.int32, -1), (.uint32, 4_294_967_295),
            (.int64, .integer(.min)), (.int64, .integer(.max)), (.int64, -1),
            (.uint64, 0), (.uint64, .integer(.max)), (.uint64, .number(0x1p63)), (.uint64, .number(18_446_744_073_709_549_568)),
            (.float, 0.1), (.float, -21.5), (.float, .number(3.4028235e38)), (.float, 1.4013e-45),
            (.double, 0.1), (.double, .number(.greatestFiniteMagnitude)), (.double, .number(.leastNonzeroMagnitude)),
            (.string, ""), (.string, "Grüße 😀"),
        ] as [(CType, JSON)])
    func `every type comes back as it went, to its ends`(type: CType, value: JSON) throws {
        #expect(try call("same_" + type.name.string, [type], returns: type, [value]) == value)
    }

    @Test func `integers are numbers to C's floats`() throws {
        #expect(try call("same_double", [.double], returns: .double, [3]) == 3.0)
        #expect(try call("same_float", [.float], returns: .float, [-3]) == -3.0)
    }

    @Test func `arguments of all types arrive in their places`() throws {
        let types: [CType] = [.bool, .int8, .uint16, .int64, .float, .double, .string]
        #expect(try call("mixed", types, returns: .double, [true, -2, 300, 4000, 0.5, 0.25, "abc"]) == 4302.75)
        let many: [CType] = (0..<4).flatMap { _ in [.double, .float, .int8, .int64] as [CType] }
        #expect(try call("sixteen", many, returns: .double, (1...16).map { JSON.integer($0) }) == 1496.0)
    }

    @Test func `void is nothing, and one signature calls many times`() throws {
        let count = try Signature([], returns: .void)
        let counted = try Signature([], returns: .int32)
        let before = try counted.call(TestLibrary.shared["counted"], []).value?.integer ?? 0
        for _ in 0..<3 {
            let result = try count.call(TestLibrary.shared["count"], [])
            #expect(result.value == nil && result.answer == nil && result.body == ["value": nil])
        }
        #expect(try counted.call(TestLibrary.shared["counted"], []).value == .integer(before + 3))
    }

    @Test func `what JSON cannot say becomes null or is repaired`() throws {
        #expect(try call("nothing", [], returns: .string, []) == .null)
        #expect(try call("broken", [], returns: .string, []) == "a\u{FFFD}")
        #expect(try call("not_a_number", [], returns: .double, []) == .null)
        #expect(try call("infinite", [], returns: .float, []) == .null)
    }

    @Test func `strings are passed up to their limit, and not beyond`() throws {
        let longest = JSON.string(Text(String(repeating: "x", count: FFILimits.bytes)))
        #expect(try call("same_string", [.string], returns: .string, [longest]) == longest)
        let tooLong = JSON.string(Text(String(repeating: "x", count: FFILimits.bytes + 1)))
        #expect(try refusal([.value(.string)], [tooLong]).reason == "argument 1 is longer than 262144 bytes, the most that a string has")
        #expect(throws: FFIError(.result, "the string returned is longer than 262144 bytes")) {
            try call("endless", [], returns: .string, [])
        }
    }

    @Test(
        arguments: [
            ([.double], [], "arguments given: 0, but the function takes 1: (double)"),
            ([.double, .int8], [1, 2, 3], "arguments given: 3, but the function takes 2: (double, int8)"),
            ([.int8], [128], "argument 1 is 128, but int8 takes an integer from -128 to 127"),
            ([.int8, .uint8], [0, -1], "argument 2 is -1, but uint8 takes an integer from 0 to 255"),
            ([.int32], [1.0], "argument 1 is 1.0, but int32 takes an integer from -2147483648 to 2147483647"),
            ([.uint32], [.integer(1 << 32)], "but uint32 takes an integer from 0 to 4294967295"),
            ([.int64], [.number(1e19)], "but int64 takes an integer from -9223372036854775808 to 9223372036854775807"),
            ([.uint64], [-1], "but uint64 takes an integer from 0 to 18446744073709551615"),
            ([.uint64], [.number(0x1p64)], "but uint64 takes"),
            ([.uint64], [2.5], "but uint64 takes"),
            ([.bool], [1], "argument 1 is 1, but bool takes true or false"),
            ([.float], [.number(1e39)], "float takes numbers within"),
            ([.float], ["1"], "argument 1 is \"1\", but float takes a number"),
            ([.double], [nil], "argument 1 is null, but double takes a number"),
            ([.string], [nil], "argument 1 is null, but string takes a string"),
            ([.string], [5], "but string takes a string"),
            ([.string], ["a\u{0}b"], "cannot hold \\u0000"),
            ([.int8], [["a": [1, 2, 3]]], "argument 1 is an object, but int8"),
        ] as [([CType], [JSON], String)])
    func `what does not fit is refused before the call`(types: [CType], values: [JSON], reason: String) throws {
        let error = try refusal(types.map { .value($0) }, values)
        #expect(error.kind == .arguments)
        #expect(error.reason.string.contains(reason), "\(error)")
    }

    @Test func `a long value is cut in messages`() throws {
        let error = try refusal([.value(.int8)], [.string(Text(String(repeating: "x", count: 1000)))])
        #expect(error.reason.utf8.count < 150)
    }

    @Test(
        arguments: [
            ([.value(.void)], .void, 0, "argument 1 is void: leave it out"),
            ([.value(.int8), .user], .void, 1, "argument 2 is user, which only the arguments of callbacks hold"),
            (Array(repeating: .value(.int8), count: 17), .void, nil, "17 arguments, but at most 16 are possible"),
            ([.buffer(capacity: 0, length: .capacity)], .void, 0, "argument 1 is a buffer of 0 bytes; it has from 1 to 262144"),
            ([.buffer(capacity: 262_145, length: .capacity)], .void, 0, "argument 1 is a buffer of 262145 bytes"),
            (
                [.buffer(capacity: 8, length: .returned)], .double, 0,
                "argument 1 has the length that the function returns, but that returns double"
            ),
            ([.pointer(.string, .in)], .void, 0, "argument 1 points to string; only numbers and bool can be pointed to"),
            ([.structure([], .in)], .void, 0, "argument 1 is a struct of 0 members; it has from 1 to 32"),
            ([.structure((0..<33).map { .init("m\($0)", .int8) }, .in)], .void, 0, "argument 1 is a struct of 33 members"),
            ([.structure([.init("s", .string)], .in)], .void, 0, "argument 1 points to string"),
        ] as [([CParameter], CType, Int?, String)])
    func `a signature that cannot be called is refused by name`(parameters: [CParameter], returns: CType, position: Int?, reason: String) {
        do throws(FFIError) {
            _ = try Signature(parameters, returns: returns)
            Issue.record("prepared")
        } catch {
            #expect(error.kind == .signature && error.position == position)
            #expect(error.reason.string.contains(reason), "\(error)")
        }
    }
}
