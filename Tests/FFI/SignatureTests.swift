import FFI
import JSON
import Testing

private let library = TestLibrary.shared

private func call(_ symbol: String, _ types: [CType], returns: CType, _ values: [JSON]) throws -> JSON {
    try Signature(arguments: types, returns: returns).call(library[symbol], values)
}

private func failure(_ types: [CType], _ values: [JSON]) -> FFIError {
    do throws(FFIError) {
        let result = try Signature(arguments: types, returns: .void).call(library["count"], values)
        Issue.record("called: \(result.text)")
        return FFIError(.signature, "")
    } catch {
        return error
    }
}

@Test(
    arguments: [
        (.bool, true), (.bool, false),
        (.int8, -128), (.int8, 127), (.uint8, 0), (.uint8, 255),
        (.int16, -32768), (.int16, 32767), (.uint16, 65535),
        (.int32, -2_147_483_648), (.int32, 2_147_483_647), (.int32, -1), (.uint32, 4_294_967_295),
        (.int64, .integer(.min)), (.int64, .integer(.max)), (.int64, -1),
        (.uint64, 0), (.uint64, .integer(.max)), (.uint64, .number(0x1p63)), (.uint64, .number(18_446_744_073_709_549_568)),
        (.float, 0.1), (.float, -21.5), (.float, .number(3.4028235e38)), (.float, 1.4013e-45),
        (.double, 0.1), (.double, .number(.greatestFiniteMagnitude)), (.double, .number(5e-324)),
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

@Test func `void is null, and one signature calls many times`() throws {
    let count = try Signature(arguments: [], returns: .void)
    let counted = try Signature(arguments: [], returns: .int32)
    let before = try counted.call(library["counted"], []).integer ?? 0
    for _ in 0..<3 { #expect(try count.call(library["count"], []) == nil) }
    #expect(try counted.call(library["counted"], []) == .integer(before + 3))
}

@Test func `what JSON cannot say becomes null or is repaired`() throws {
    #expect(try call("nothing", [], returns: .string, []) == nil)
    #expect(try call("broken", [], returns: .string, []) == "a\u{FFFD}")
    #expect(try call("not_a_number", [], returns: .double, []) == nil)
    #expect(try call("infinite", [], returns: .float, []) == nil)
}

@Test(
    arguments: [
        ([.double], [], "arguments given: 0, but the function takes 1: (double)"),
        ([.double, .int8], [1, 2, 3], "arguments given: 3, but the function takes 2: (double, int8)"),
        ([.int8], [128], "argument 1 is 128, but int8 takes an integer from -128 to 127"),
        ([.int8, .uint8], [0, -1], "argument 2 is -1, but uint8 takes an integer from 0 to 255"),
        ([.int32], [1.0], "argument 1 is 1.0, but int32 takes an integer"),
        ([.int64], [.number(1e19)], "but int64 takes an integer"),
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
func `what does not fit is refused before the call`(types: [CType], values: [JSON], reason: String) {
    let error = failure(types, values)
    #expect(error.kind == .arguments)
    #expect(error.reason.string.contains(reason), "\(error)")
}

@Test func `a long value is cut in messages`() {
    let error = failure([.int8], [.string(Text(String(repeating: "x", count: 1000)))])
    #expect(error.reason.utf8.count < 150)
}

@Test(
    arguments: [
        ([.void], .void, "argument 1 is void"), ([.int8, .bytes], .void, "argument 2 is bytes"), ([], .bytes, "the result is bytes"),
        (Array(repeating: .int8, count: 17), .void, "at most 16"),
    ] as [([CType], CType, String)])
func `a signature that cannot be called is refused by name`(types: [CType], returns: CType, reason: String) {
    do throws(FFIError) {
        _ = try Signature(arguments: types, returns: returns)
        Issue.record("prepared")
    } catch {
        #expect(error.kind == .signature)
        #expect(error.reason.string.contains(reason), "\(error)")
    }
}

@Test func `every type has the manifest's name`() {
    for type in CType.all { #expect(CType(type.name) == type) }
    #expect(CType.all.count == 14)
    #expect(CType("int") == nil)
    #expect(CType("Double") == nil)
}
