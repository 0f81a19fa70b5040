import CFFI
public import JSON

/// C functions for one library to call, from any of its threads. A call copies its arguments and returns; the loop's thread takes
/// the copies later, in the order of the calls.
///
/// The copies that wait are bounded (1 MiB, and 256 KB for one call): what is beyond is counted and not waited for. All functions
/// here are the loop's thread's.
public final class Callbacks {
    /// One C function with how its arguments are read.
    private struct Callback {
        let raw: UnsafeMutablePointer<martlet_ffi_callback>
        let parameters: [CParameter]
        let layouts: [StructLayout?]
    }

    /// What the calls since the last look were.
    public struct Taken {
        /// The callback's number, and its arguments without `user`.
        public var calls: [(callback: Int, arguments: [JSON])] = []
        /// Calls that were not taken because too many waited.
        public var overflowed: UInt64 = 0
        /// Calls that were not taken because their arguments were longer than a message may be.
        public var tooLarge: UInt64 = 0
    }

    private let calls: UnsafeMutablePointer<martlet_ffi_calls>?
    private var all: [Callback] = []
    private var isKept = false

    /// - Parameter descriptor: an eventfd, which is written to when there is something to take; it stays open until `close`.
    public init(descriptor: Int32) {
        calls = martlet_ffi_calls_new(descriptor)
    }

    /// Unless `keep` was called, no library may call any more.
    deinit {
        if isKept { return }
        for callback in all { martlet_ffi_callback_free(callback.raw) }
        martlet_ffi_calls_free(calls)
    }

    /// Sees whether `add` would take it.
    ///
    /// - Throws: `signature`.
    public static func check(_ parameters: [CParameter], returns: CType) throws(FFIError) {
        try Signature.check(parameters, returns: returns, inCallback: true)
    }

    /// Makes a C function; the first has the number 0.
    ///
    /// - Parameter returns: what it returns is 0, false or NULL.
    /// - Throws: `signature`.
    public func add(_ parameters: [CParameter], returns: CType) throws(FFIError) {
        try Callbacks.check(parameters, returns: returns)
        guard let raw = martlet_ffi_callback_new(calls, UInt32(all.count)) else { return }
        let layouts = parameters.map { $0.pointed.map(StructLayout.init) }
        for (index, parameter) in parameters.enumerated() {
            let type = parameter.description
            switch parameter {
            case .value(.string): martlet_ffi_callback_add(raw, type, UInt32(MARTLET_FFI_TEXT), 0)
            case .value(let value): martlet_ffi_callback_add(raw, type, UInt32(MARTLET_FFI_VALUE), value.size)
            case .bytes:
                martlet_ffi_callback_add(raw, type, UInt32(MARTLET_FFI_BYTES), 0)
                martlet_ffi_callback_add(raw, CType.sizeDescription, UInt32(MARTLET_FFI_SKIP), 0)
            case .pointer, .structure: martlet_ffi_callback_add(raw, type, UInt32(MARTLET_FFI_POINTED), layouts[index]?.size ?? 0)
            case .user, .buffer: martlet_ffi_callback_add(raw, type, UInt32(MARTLET_FFI_SKIP), 0)
            }
        }
        guard martlet_ffi_callback_prepare(raw, returns.description) == 0 else {
            martlet_ffi_callback_free(raw)
            throw FFIError(.signature, "libffi cannot make this callback: this machine has no memory for code left, or does not allow it")
        }
        all.append(Callback(raw: raw, parameters: parameters, layouts: layouts))
    }

    /// Gives a callback to the library: calls `function(callback, user)`.
    ///
    /// - Returns: the int it returned; of no meaning for a function that returns nothing.
    public func pass(_ number: Int, to function: UnsafeMutableRawPointer) -> Int32 {
        martlet_ffi_subscribe(function, all[number].raw.pointee.code, all[number].raw)
    }

    /// What the library called since the last look, in the order of the calls.
    ///
    /// - Parameter most: calls; where there are as many the rest stays, and the descriptor is not written to for it: come again.
    public func take(most: Int) -> Taken {
        var taken = Taken()
        var next = martlet_ffi_calls_take(calls, most, &taken.overflowed, &taken.tooLarge)
        while let record = next {
            next = record.pointee.next
            let number = Int(record.pointee.callback)
            taken.calls.append((number, Callbacks.arguments(all[number], record)))
            free(record)
        }
        return taken
    }

    /// Calls are dropped from here on, and the descriptor is not used any more. Idempotent.
    public func close() {
        martlet_ffi_calls_close(calls)
    }

    /// The library may call for ever: the memory of all callbacks stays.
    public func keep() {
        isKept = true
    }

    private static func arguments(_ callback: Callback, _ record: UnsafeMutablePointer<martlet_ffi_record>) -> [JSON] {
        var arguments: [JSON] = []
        var place = UnsafeRawPointer(record + 1)
        for (index, parameter) in callback.parameters.enumerated() {
            if case .user = parameter { continue }
            let length = place.loadUnaligned(as: UInt32.self)
            place += 4
            guard length != MARTLET_FFI_NULL else {
                arguments.append(.null)
                continue
            }
            let bytes = UnsafeRawBufferPointer(start: place, count: Int(length))
            switch parameter {
            case .value(.string): arguments.append(.string(Text(utf8: bytes)))
            case .value(let type): arguments.append(type.load(from: place))
            case .bytes: arguments.append(.string(Base64.encode(bytes)))
            default: arguments.append(callback.layouts[index]?.load(from: place) ?? .null)
            }
            place += Int(length)
        }
        return arguments
    }
}
