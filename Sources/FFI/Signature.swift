import CFFI
import JSON

/// The signature of a C function, prepared once and called many times with JSON values. One thread at a time.
///
///     let signature = try Signature([.value(.double), .value(.double)], returns: .double)
///     let sum = try signature.call(symbol, [1, 0.5])
///
/// That a function really has this signature nobody can check: a wrong one crashes or returns nonsense.
public final class Signature {
    public let parameters: [CParameter]
    public let returns: CType
    private let memory: [ArgumentMemory]
    private let inputs: Int
    /// libffi keeps pointers from the one to the other, so both live here and never move.
    private let cif: UnsafeMutablePointer<ffi_cif>
    private let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>
    /// What libffi wants: a pointer to each argument.
    private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// - Throws: `signature`, for the first parameter that cannot be one, and for more than `FFILimits.parameters`.
    public init(_ parameters: [CParameter], returns: CType) throws(FFIError) {
        try Signature.check(parameters, returns: returns, inCallback: false)
        let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
        let types = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: 2 * parameters.count + 1)
        let pointers = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 2 * parameters.count + 1)
        let memory = parameters.map { ArgumentMemory($0) }
        var count = 0
        for argument in memory {
            (types + count).initialize(to: argument.parameter.description)
            (pointers + count).initialize(to: argument.first)
            count += 1
            guard ArgumentMemory.isPair(argument.parameter) else { continue }
            let isPointer = if case .buffer(_, .pointer) = argument.parameter { true } else { false }
            (types + count).initialize(to: isPointer ? CType.string.description : CType.sizeDescription)
            (pointers + count).initialize(to: argument.second)
            count += 1
        }
        cif.initialize(to: ffi_cif())
        guard ffi_prep_cif(cif, FFI_DEFAULT_ABI, UInt32(count), returns.description, types) == FFI_OK else {
            cif.deallocate()
            types.deallocate()
            pointers.deallocate()
            throw FFIError(.signature, "libffi cannot prepare this signature")
        }
        self.parameters = parameters
        self.returns = returns
        self.memory = memory
        self.inputs = parameters.count { $0.isInput }
        self.cif = cif
        self.types = types
        self.pointers = pointers
    }

    deinit {
        cif.deallocate()
        types.deallocate()
        pointers.deallocate()
    }

    static func check(_ parameters: [CParameter], returns: CType, inCallback: Bool) throws(FFIError) {
        guard parameters.count <= FFILimits.parameters else {
            throw FFIError(.signature, "\(parameters.count) arguments, but at most \(FFILimits.parameters) are possible")
        }
        for (index, parameter) in parameters.enumerated() {
            if let problem = parameter.problem(returns: returns, inCallback: inCallback) {
                throw FFIError(.signature, at: index, "argument \(index + 1) \(problem)")
            }
        }
    }

    /// Calls a function of this signature, on this thread, and waits for it.
    ///
    /// Integers must be in the range of their type, `bool` takes true and false. Strings and buffers are copied and gone when the
    /// function has returned; output is zero before it is called. Of the result: a string is copied and never freed, NULL is null;
    /// numbers that are infinite or not a number are null; a uint64 beyond Int64 becomes a `number`.
    ///
    /// - Parameter values: of the inputs alone, in their order.
    /// - Throws: `arguments`, before the function is called; `result` after it.
    public func call(_ function: UnsafeMutableRawPointer, _ values: [JSON]) throws(FFIError) -> CallResult {
        try check(values)
        // No result is larger than 8 bytes; libffi widens small integers to a register.
        var register: UInt64 = 0
        martlet_ffi_call(cif, function, &register, pointers)
        // Before the memory of the arguments is written again: a function may return one of them.
        let value = try withUnsafeBytes(of: &register) { bytes throws(FFIError) in try read(bytes) }
        var outputs: [JSON] = []
        for (index, argument) in memory.enumerated() where argument.parameter.isOutput {
            outputs.append(try argument.read(value, index))
        }
        for argument in memory { argument.settle() }
        return CallResult(value: returns == .void ? JSON?.none : value, outputs: outputs)
    }

    /// Sees whether a call with these values would be made.
    ///
    /// - Throws: `arguments`, as the call would.
    public func check(_ values: [JSON]) throws(FFIError) {
        guard values.count == inputs else {
            throw FFIError(.arguments, "arguments given: \(values.count), but the function takes \(inputs): \(list)")
        }
        var next = 0
        for argument in memory {
            let isInput = argument.parameter.isInput
            if let problem = argument.set(isInput ? values[next] : JSON?.none) {
                throw FFIError(.arguments, at: next, "argument \(next + 1) \(problem)")
            }
            if isInput { next += 1 }
        }
    }

    /// `(double, double)`: what the caller gives.
    private var list: Text {
        var text = "("
        for parameter in parameters where parameter.isInput { text += (text.utf8.count == 1 ? "" : ", ") + parameter.name.string }
        return Text(text + ")")
    }

    private func read(_ register: UnsafeRawBufferPointer) throws(FFIError) -> JSON {
        guard let place = register.baseAddress else { return .null }
        guard returns == .string else { return returns.load(from: place) }
        guard let text = place.load(as: UnsafePointer<CChar>?.self) else { return .null }
        let length = strnlen(text, FFILimits.bytes + 1)
        guard length <= FFILimits.bytes else { throw FFIError(.result, "the string returned is longer than \(FFILimits.bytes) bytes") }
        return .string(Text(utf8: UnsafeRawBufferPointer(start: text, count: length)))
    }
}

extension CParameter {
    /// libffi's description of its first C argument.
    var description: UnsafeMutablePointer<ffi_type>? {
        if case .value(let type) = self { type.description } else { CType.string.description }
    }

    /// For messages.
    fileprivate var name: Text {
        switch self {
        case .value(let type), .pointer(let type, _): type.name
        case .bytes: "bytes"
        case .structure: "struct"
        case .buffer: "buffer"
        case .user: "user"
        }
    }
}
