import FFI
import Foundation
import JSON
import Testing

/// Callbacks with what they write to: a pipe does for an eventfd, and shows how often.
private final class Listener {
    private let descriptor: Int32
    private let end: Int32
    let callbacks: Callbacks
    private(set) var calls: [(callback: Int, arguments: [JSON])] = []
    private(set) var overflowed: UInt64 = 0
    private(set) var tooLarge: UInt64 = 0

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        (descriptor, end) = (ends[0], ends[1])
        callbacks = Callbacks(descriptor: end)
    }

    deinit {
        callbacks.close()
        close(descriptor)
        close(end)
    }

    /// Sleeps until the callbacks write, and takes what there is.
    func wait() throws {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        try #require(poll(&one, 1, 10_000) == 1)
        var count: UInt64 = 0
        try #require(read(descriptor, &count, 8) == 8)
        take()
    }

    func take() {
        let taken = callbacks.take(most: .max)
        calls += taken.calls
        overflowed += taken.overflowed
        tooLarge += taken.tooLarge
    }

    var isWoken: Bool {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&one, 1, 0) == 1
    }
}

private let point: [CParameter.Member] = [.init("tag", .int8), .init("x", .double), .init("n", .uint16)]

/// The library has one subscriber at a time.
@Suite(.serialized) struct `Calls back` {
    @Test func `arguments of every type are copied`() throws {
        let listener = try Listener()
        let types: [CType] = [.bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float, .double, .string]
        try listener.callbacks.add(
            types.map { .value($0) } + [.bytes, .structure(point, .in), .pointer(.int32, .in), .user], returns: .void)
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_all"])
        try listener.wait()
        let expected: [JSON] = [
            true, -8, 8, -16, 16, -32, 32, -64, .number(0x1.8p63), 0.25, -0.1, "grüße", .string(Base64.encode([1, 2, 255])),
            ["tag": -1, "x": 0.5, "n": 65_535], -3,
        ]
        #expect(listener.calls.map(\.arguments) == [expected])
    }

    @Test func `NULL is null, and an empty buffer is empty`() throws {
        let listener = try Listener()
        try listener.callbacks.add([.value(.string), .bytes, .bytes, .structure(point, .in), .pointer(.double, .in)], returns: .void)
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_null"])
        try listener.wait()
        #expect(listener.calls.map(\.arguments) == [[nil, nil, "", nil, nil]])
    }

    @Test(arguments: [CType.bool, .int8, .int32, .uint64, .float, .double, .string])
    func `it returns zero`(returns: CType) throws {
        let listener = try Listener()
        try listener.callbacks.add([.user], returns: returns)
        #expect(listener.callbacks.pass(0, to: TestLibrary.shared["call_for_" + returns.name.string]) == 1)
        try listener.wait()
        #expect(listener.calls.map(\.arguments) == [[]])
    }

    @Test func `calls of many threads all come, each thread's in order, and the loop is woken once`() throws {
        let listener = try Listener()
        try listener.callbacks.add([.value(.int32), .value(.int32), .user], returns: .int32)
        #expect(listener.callbacks.pass(0, to: TestLibrary.shared["call_from_threads"]) == 0)
        while listener.calls.count < 4 * 1000 { try listener.wait() }
        for thread in 0..<4 {
            let numbers = listener.calls.filter { $0.arguments[0] == .integer(Int64(thread)) }.map { $0.arguments[1] }
            #expect(numbers == (0..<1000).map { JSON.integer($0) })
        }
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["join_threads"])
        #expect(listener.overflowed == 0 && !listener.isWoken)
    }

    @Test func `callbacks are told apart by number, and keep one order`() throws {
        let listener = try Listener()
        for _ in 0..<FFILimits.callbacks { try listener.callbacks.add([.user], returns: .void) }
        for number in [3, 15, 0, 3] { _ = listener.callbacks.pass(number, to: TestLibrary.shared["call_once"]) }
        try listener.wait()
        #expect(listener.calls.map(\.callback) == [3, 15, 0, 3])
    }

    @Test func `what nobody takes is bounded, and counted`() throws {
        let listener = try Listener()
        try listener.callbacks.add([.bytes, .user], returns: .void)
        // 20,000 calls of 100 bytes are 2 MB.
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_flood"])
        try listener.wait()
        #expect(listener.overflowed > 0 && listener.tooLarge == 0)
        #expect(listener.calls.count + Int(listener.overflowed) == 20_000)
        #expect((8_000..<12_000).contains(listener.calls.count))
        // There is room again.
        let before = listener.calls.count
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_bytes"])
        try listener.wait()
        #expect(listener.calls.count == before + 1)
    }

    @Test func `what is larger than a message is not copied`() throws {
        let listener = try Listener()
        try listener.callbacks.add([.bytes, .value(.string), .user], returns: .void)
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_large"])
        try listener.wait()
        // The lengths are 262,000 and 10; 262,145 and 10; 10 and 262,145; SIZE_MAX and 10.
        #expect(listener.calls.count == 1 && listener.tooLarge == 3 && listener.overflowed == 0)
        #expect(listener.calls.first?.arguments[0] == .string(Base64.encode([UInt8](repeating: 5, count: 262_000))))
    }

    @Test func `after close no call is kept and nobody is woken`() throws {
        let listener = try Listener()
        try listener.callbacks.add([.user], returns: .void)
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_once"])
        listener.callbacks.close()
        _ = listener.callbacks.pass(0, to: TestLibrary.shared["call_once"])
        listener.take()
        // What came before may still be taken.
        #expect(listener.calls.count == 1)
    }

    @Test func `a library that never unsubscribes may call on`() throws {
        do {
            let listener = try Listener()
            try listener.callbacks.add([.value(.int32), .user], returns: .int32)
            _ = listener.callbacks.pass(0, to: TestLibrary.shared["remember"])
            listener.callbacks.close()
            listener.callbacks.keep()
        }
        #expect(try Signature([], returns: .int32).call(TestLibrary.shared["call_remembered"], []).value == 0)
    }

    @Test func `errno is the library's own`() throws {
        let listener = try Listener()
        try listener.callbacks.add([.user], returns: .void)
        #expect(listener.callbacks.pass(0, to: TestLibrary.shared["call_with_errno"]) == 77)
    }

    @Test(
        arguments: [
            ([.buffer(capacity: 1, length: .capacity)], "argument 1 is a buffer, which a callback cannot fill; use bytes"),
            ([.user, .pointer(.int8, .out)], "argument 2 is written by the callback, which only reads; use the direction in"),
            ([.structure(point, .inout)], "argument 1 is written by the callback"),
            ([.value(.void)], "argument 1 is void"),
            (Array(repeating: .user, count: 17), "17 arguments, but at most 16"),
        ] as [([CParameter], String)])
    func `a callback that cannot be is refused by name`(parameters: [CParameter], reason: String) {
        do throws(FFIError) {
            try Callbacks.check(parameters, returns: .void)
            Issue.record("made")
        } catch {
            #expect(error.kind == .signature)
            #expect(error.reason.string.contains(reason), "\(error)")
        }
    }
}
