import CFFI
import JSON

/// The signature of a C function, prepared once and called many times with JSON values.
///
///     let signature = try Signature(arguments: [.double, .double], returns: .double)
///     let sum = try signature.call(symbol, [1, 0.5])
///
/// That a function really has this signature nobody can check: a wrong one crashes or returns nonsense.
public final class Signature {
    /// More than any C function that a person describes by hand.
    public static let maximumArguments = 16

    public let arguments: [CType]
    public let returns: CType
    /// libffi keeps pointers from the one to the other, so both live here and never move.
    private let cif: UnsafeMutablePointer<ffi_cif>
    private let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

    /// - Throws: `signature` for `void` arguments, `bytes`, and more than `maximumArguments`.
    public init(arguments: [CType], returns: CType) throws(FFIError) {
        guard arguments.count <= Signature.maximumArguments else {
            throw FFIError(.signature, "\(arguments.count) arguments, but at most \(Signature.maximumArguments) are possible")
        }
        for (index, type) in arguments.enumerated() {
            if type == .void { throw FFIError(.signature, "argument \(index + 1) is void: leave it out") }
            if type == .bytes { throw FFIError(.signature, "argument \(index + 1) is bytes, which cannot be called yet: use string") }
        }
        if returns == .bytes { throw FFIError(.signature, "the result is bytes, which cannot be returned yet: use string") }

        let types = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: max(arguments.count, 1))
        for (index, type) in arguments.enumerated() { (types + index).initialize(to: type.description) }
        let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        guard ffi_prep_cif(cif, FFI_DEFAULT_ABI, UInt32(arguments.count), returns.description, types) == FFI_OK else {
            cif.deallocate()
            types.deallocate()
            throw FFIError(.signature, "libffi cannot prepare this signature")
        }
        self.arguments = arguments
        self.returns = returns
        self.cif = cif
        self.types = types
    }

    deinit {
        cif.deallocate()
        types.deallocate()
    }

    /// Calls a function of this signature, on this thread, and waits for it.
    ///
    /// Integers must be in the range of their type, `bool` takes true and false, strings are copied and gone when the function has
    /// returned. Of the result: a string is copied and never freed, NULL is null; void and numbers that are infinite or not a
    /// number are null; a uint64 beyond Int64 becomes a `number`.
    ///
    /// - Throws: `arguments`, before the function is called.
    public func call(_ function: UnsafeMutableRawPointer, _ values: [JSON]) throws(FFIError) -> JSON {
        let memory = try marshal(values)
        // No result is larger than 8 bytes; libffi widens small integers to a register.
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { result in
            result.initializeMemory(as: UInt8.self, repeating: 0)
            martlet_ffi_call(cif, function, result.baseAddress, memory.pointers)
            // Before the memory of the arguments goes: a function may return one of them.
            return withExtendedLifetime(memory) { read(UnsafeRawBufferPointer(result)) }
        }
    }

    /// Sees whether a call with these values would be made.
    ///
    /// - Throws: `arguments`, as the call would.
    public func check(_ values: [JSON]) throws(FFIError) {
        _ = try marshal(values)
    }

    private func marshal(_ values: [JSON]) throws(FFIError) -> ArgumentMemory {
        guard values.count == arguments.count else {
            throw FFIError(.arguments, "arguments given: \(values.count), but the function takes \(arguments.count): \(parameters)")
        }
        let memory = ArgumentMemory(count: values.count)
        for index in values.indices {
            try memory.set(index, to: values[index], as: arguments[index])
        }
        return memory
    }

    /// `(double, double)`
    private var parameters: String {
        var text = "("
        for (index, type) in arguments.enumerated() { text += (index == 0 ? "" : ", ") + type.name.string }
        return text + ")"
    }

    private func read(_ result: UnsafeRawBufferPointer) -> JSON {
        // libffi widens integers that are smaller than a register to one.
        let register = result.load(as: UInt.self)
        switch returns {
        case .void, .bytes: return .null
        case .bool: return .bool(UInt8(truncatingIfNeeded: register) != 0)
        case .int8: return .integer(Int64(Int8(truncatingIfNeeded: register)))
        case .uint8: return .integer(Int64(UInt8(truncatingIfNeeded: register)))
        case .int16: return .integer(Int64(Int16(truncatingIfNeeded: register)))
        case .uint16: return .integer(Int64(UInt16(truncatingIfNeeded: register)))
        case .int32: return .integer(Int64(Int32(truncatingIfNeeded: register)))
        case .uint32: return .integer(Int64(UInt32(truncatingIfNeeded: register)))
        case .int64: return .integer(result.load(as: Int64.self))
        case .uint64:
            let value = result.load(as: UInt64.self)
            return Int64(exactly: value).map { .integer($0) } ?? .number(Double(value))
        case .float:
            let value = result.load(as: Float.self)
            return value.isFinite ? .number(martlet_float_as_written(value)) : .null
        case .double:
            let value = result.load(as: Double.self)
            return value.isFinite ? .number(value) : .null
        case .string:
            return result.load(as: UnsafePointer<CChar>?.self).map { .string(Text(String(cString: $0))) } ?? .null
        }
    }
}
