import FFI
import JSON
import Testing

private func call(_ symbol: String, _ parameters: [CParameter], returns: CType = .void, _ values: [JSON]) throws -> CallResult {
    try Signature(parameters, returns: returns).call(TestLibrary.shared[symbol], values)
}

private func bytes(_ count: Int, _ value: UInt8) -> JSON {
    .string(Base64.encode([UInt8](repeating: value, count: count)))
}

/// A struct whose members lie apart in every way that alignment knows.
private let odd: [CParameter.Member] = [
    .init("a", .int8), .init("b", .double), .init("c", .uint8), .init("d", .int16), .init("e", .bool), .init("f", .uint32),
    .init("g", .int8), .init("h", .int64), .init("i", .float), .init("j", .uint16), .init("k", .uint64), .init("l", .int8),
]

private let oddValues: JSONObject = [
    "a": -1, "b": 2.5, "c": 200, "d": -300, "e": true, "f": 4_000_000_000, "g": -7, "h": -8_000_000_000, "i": 0.5, "j": 65_000, "k": 9,
    "l": 12,
]

struct `Pointers` {
    @Test func `a struct is laid out as the C compiler does it, and comes back as it went`() throws {
        let sum = try call("odd_sum", [.structure(odd, .in)], returns: .double, [.object(oddValues)])
        #expect(sum.answer == .number(-1 + 2.5 + 200 - 300 + 1 + 4_000_000_000 - 7 - 8_000_000_000 + 0.5 + 65_000 + 9 + 12))
        let same = try call("odd_keep", [.structure(odd, .inout)], [.object(oddValues)])
        #expect(same.answer == ["outputs": [.object(oddValues)]])
        #expect(same.outputs.first?.object?.members.map(\.key) == odd.map(\.name))
    }

    @Test func `each member lies where C says`() throws {
        let size = try call("odd_size", [], returns: .int64, []).value
        // 0xFF in one member at a time; C says which of its bytes are not zero.
        for (index, member) in odd.enumerated() {
            var values = JSONObject(members: odd.map { .init(key: $0.name, value: $0.type == .bool ? false : 0) })
            values[member.name] = member.type == .bool ? true : 1
            let found = try call("odd_find", [.structure(odd, .in)], returns: .int32, [.object(values)])
            #expect(found.value == .integer(Int64(index)), "\(member.name) of \(size?.text ?? "")")
        }
    }

    @Test(
        arguments: [
            ([.init("x", .double), .init("n", .int32)], 16), ([.init("n", .int8)], 1), ([.init("a", .int8), .init("b", .int16)], 4),
            ([.init("a", .int16), .init("b", .int8)], 4), ([.init("a", .int64), .init("b", .int8)], 16),
        ] as [([CParameter.Member], Int64)])
    func `the struct behind the pointer has the size that C gives it`(members: [CParameter.Member], size: Int64) throws {
        // The function fills as many bytes as it is told: the last member must see the last of them, and nothing lies behind.
        let parameters: [CParameter] = [.structure(members, .out), .value(.int64)]
        let filled = try call("fill", parameters, [.integer(size)])
        #expect(filled.outputs.first?.object?.members.allSatisfy { $0.value.integer != 0 && $0.value.number != 0 } == true)
    }

    @Test func `scalars are read and written through pointers`() throws {
        #expect(try call("half", [.pointer(.double, .in)], returns: .double, [5]).answer == 2.5)
        #expect(
            try call("divide", [.value(.int32), .value(.int32), .pointer(.int32, .out), .pointer(.int32, .out)], returns: .bool, [17, 5])
                .answer
                == ["value": true, "outputs": [3, 2]])
        #expect(try call("increment", [.pointer(.int64, .inout)], [41]).answer == ["outputs": [42]])
        #expect(try call("negate", [.pointer(.bool, .inout)], [true]).answer == ["outputs": [false]])
    }

    @Test func `what is only written is zero at first, every time`() throws {
        let signature = try Signature([.pointer(.int32, .out), .buffer(capacity: 3, length: .capacity)], returns: .void)
        for _ in 0..<2 {
            let result = try signature.call(TestLibrary.shared["add_one"], [])
            #expect(result.outputs == [1, .string(Base64.encode([1, 0, 0]))])
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4095, 4096, 4097, FFILimits.bytes])
    func `bytes of every length arrive with it`(count: Int) throws {
        let signature = try Signature([.bytes], returns: .uint64)
        for _ in 0..<2 {
            #expect(try signature.call(TestLibrary.shared["sum"], [bytes(count, 3)]).value == .integer(Int64(3 * count)))
        }
        #expect(try signature.call(TestLibrary.shared["sum"], [bytes(2, 1)]).value == 2)
    }

    @Test func `a buffer gives its whole capacity, what the function returns, or what it writes behind a pointer`() throws {
        let text: JSON = .string(Base64.encode(Array("abc".utf8)))
        #expect(
            try call("copy", [.bytes, .buffer(capacity: 5, length: .capacity)], returns: .int32, [text]).answer
                == ["value": 3, "outputs": [.string(Base64.encode([97, 98, 99, 0, 0]))]])
        #expect(try call("copy", [.bytes, .buffer(capacity: 5, length: .returned)], returns: .int32, [text]).outputs == [text])
        #expect(try call("copy_told", [.bytes, .buffer(capacity: 5, length: .pointer)], [text]).answer == ["outputs": [text]])
        let all = bytes(FFILimits.bytes, 7)
        #expect(
            try call("copy", [.bytes, .buffer(capacity: FFILimits.bytes, length: .returned)], returns: .uint64, [all]).outputs == [all])
    }

    @Test(arguments: [(-1, "-1"), (6, "6"), (5, nil), (0, nil)] as [(Int64, String?)])
    func `a length that no buffer has is an error of the function`(length: Int64, told: String?) throws {
        for (symbol, kind, returns) in [("tell", .returned, .int64), ("tell_behind", .pointer, .void)]
            as [(String, CParameter.Length, CType)]
        {
            do throws(FFIError) {
                let signature = try Signature([.value(.int64), .buffer(capacity: 5, length: kind)], returns: returns)
                let result = try signature.call(TestLibrary.shared[symbol], [.integer(length)])
                #expect(told == nil)
                #expect(result.outputs == [bytes(Int(length), 0)])
            } catch {
                #expect(error.kind == .result && error.position == 1)
                // A size_t has no sign.
                let shown = length < 0 && kind == .pointer ? "9223372036854775807" : told ?? ""
                #expect(error.reason == "output buffer 2: the function says that its length is \(Text(shown)), but it has 5 bytes")
            }
        }
    }

    @Test func `a uint64 beyond Int64 is no length`() throws {
        let signature = try Signature([.value(.uint64), .buffer(capacity: 5, length: .returned)], returns: .uint64)
        #expect(throws: FFIError.self) { try signature.call(TestLibrary.shared["tell"], [.number(0x1p63)]) }
    }

    @Test(
        arguments: [
            ([.bytes], ["/w"], "argument 1 is \"/w\", but bytes takes a string in base64 (RFC 4648, with padding)"),
            ([.bytes], [nil], "argument 1 is null, but bytes takes"),
            ([.bytes], [bytes(262_145, 0)], "argument 1 has 262145 bytes; at most 262144 are taken"),
            ([.structure(odd, .in)], [1], "argument 1 is 1, but a struct takes an object with \"a\", \"b\""),
            ([.structure([.init("x", .double), .init("n", .int8)], .in)], [["x": 1]], "argument 1 lacks the member \"n\" (int8)"),
            (
                [.structure([.init("x", .double), .init("n", .int8)], .inout)], [["x": 1, "n": 1, "m": 1]],
                "argument 1 has the member \"m\", but the struct has \"x\" and \"n\""
            ),
            (
                [.value(.int8), .structure([.init("n", .int8)], .in)], [1, ["n": 128]],
                "argument 2 has a member \"n\" that is 128, but int8 takes an integer from -128 to 127"
            ),
            ([.pointer(.double, .in)], [[1]], "argument 1 is an array, but double takes a number"),
            ([.pointer(.double, .out), .value(.int8)], [200], "argument 1 is 200, but int8"),
            ([.pointer(.double, .out)], [1], "arguments given: 1, but the function takes 0: ()"),
            (
                [.buffer(capacity: 1, length: .capacity), .bytes, .structure(odd, .in), .pointer(.int8, .inout)], [],
                "the function takes 3: (bytes, struct, int8)"
            ),
        ] as [([CParameter], [JSON], String)])
    func `what does not fit is refused before the call`(parameters: [CParameter], values: [JSON], reason: String) {
        do throws(FFIError) {
            try Signature(parameters, returns: .void).check(values)
            Issue.record("taken")
        } catch {
            #expect(error.kind == .arguments)
            #expect(error.reason.string.contains(reason), "\(error)")
        }
    }

    @Test func `sixteen pairs are thirty-two arguments`() throws {
        let signature = try Signature(Array(repeating: .bytes, count: 16), returns: .uint64)
        let values = (0..<16).map { bytes($0 + 1, UInt8($0)) }
        let expected = (0..<16).reduce(0) { $0 + $1 * ($1 + 1) }
        #expect(try signature.call(TestLibrary.shared["sum16"], values).value == .integer(Int64(expected)))
    }

    @Test func `a function may return one of its arguments`() throws {
        let values: [JSON] = ["abc", bytes(3, 1)]
        #expect(try call("first", [.value(.string), .bytes], returns: .string, values).value == "abc")
    }
}
