import CFFI
import JSON

/// The C arguments of one parameter and what they point to. Memory stays from call to call, but for large values.
final class ArgumentMemory {
    /// What stays allocated after a call.
    private static let keptBytes = 4096

    let parameter: CParameter
    private let layout: StructLayout?
    /// Three cells of 8 bytes: the two arguments, and a length that is passed by pointer.
    private let cells: UnsafeMutableRawPointer
    private var block: UnsafeMutableRawPointer?
    private var blockSize = 0

    init(_ parameter: CParameter) {
        self.parameter = parameter
        layout = parameter.pointed.map(StructLayout.init)
        cells = .allocate(byteCount: 24, alignment: 8)
        cells.initializeMemory(as: UInt8.self, repeating: 0, count: 24)
    }

    deinit {
        block?.deallocate()
        cells.deallocate()
    }

    var first: UnsafeMutableRawPointer { cells }
    var second: UnsafeMutableRawPointer { cells + 8 }
    private var length: UnsafeMutableRawPointer { cells + 16 }

    /// Whether it is two arguments of C.
    static func isPair(_ parameter: CParameter) -> Bool {
        switch parameter {
        case .bytes, .buffer: true
        default: false
        }
    }

    /// Makes the C arguments of a value; nil for an output, which is zero at first.
    ///
    /// - Returns: what is wrong, to be put behind the name of a place; nil: they are ready.
    func set(_ value: JSON?) -> Text? {
        switch parameter {
        case .value(.string):
            guard let text = value?.string else { return "is \((value ?? .null).shown), but string takes a string" }
            return text.withBytes { bytes in
                if bytes.count > FFILimits.bytes { return "is longer than \(FFILimits.bytes) bytes, the most that a string has" }
                if bytes.contains(0) { return "is \(text.quoted), but a string for C cannot hold \\u0000" }
                let copy = reserve(bytes.count + 1)
                bytes.baseAddress.map { copy.copyMemory(from: $0, byteCount: bytes.count) }
                copy.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
                return nil
            }
        case .value(let type): return type.store(value ?? .null, at: cells)
        case .bytes:
            guard let text = value?.string, let bytes = Base64.decode(text) else {
                return "is \((value ?? .null).shown), but bytes takes a string in base64 (RFC 4648, with padding)"
            }
            if bytes.count > FFILimits.bytes { return "has \(bytes.count) bytes; at most \(FFILimits.bytes) are taken" }
            let copy = reserve(max(bytes.count, 1))
            bytes.withUnsafeBytes { source in source.baseAddress.map { copy.copyMemory(from: $0, byteCount: bytes.count) } }
            second.storeBytes(of: bytes.count, as: Int.self)
        case .buffer(let capacity, let kind):
            reserve(capacity).initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
            second.storeBytes(of: capacity, as: Int.self)
            guard kind == .pointer else { break }
            length.storeBytes(of: capacity, as: Int.self)
            second.storeBytes(of: length, as: UnsafeMutableRawPointer.self)
        case .pointer, .structure:
            guard let layout else { break }
            let place = reserve(layout.size)
            if let value { return layout.store(value, at: place) }
            place.initializeMemory(as: UInt8.self, repeating: 0, count: layout.size)
        case .user: break
        }
        return nil
    }

    /// What an output holds after the call.
    ///
    /// - Parameter result: what the function returned.
    /// - Throws: `result`, where the length that the function tells is none of the buffer's.
    func read(_ result: JSON, _ position: Int) throws(FFIError) -> JSON {
        guard let block else { return .null }
        guard case .buffer(let capacity, let kind) = parameter else { return layout?.load(from: block) ?? .null }
        var told: JSON
        switch kind {
        case .capacity: told = .integer(Int64(capacity))
        case .returned: told = result
        case .pointer: told = .integer(Int64(clamping: length.load(as: UInt.self)))
        }
        guard let bytes = told.integer, bytes >= 0, bytes <= Int64(capacity) else {
            throw FFIError(
                .result, at: position,
                "output buffer \(position + 1): the function says that its length is \(told.shown), but it has \(capacity) bytes")
        }
        return .string(Base64.encode(UnsafeRawBufferPointer(start: block, count: Int(bytes))))
    }

    /// After the call: what is large is given back.
    func settle() {
        guard blockSize > ArgumentMemory.keptBytes else { return }
        block?.deallocate()
        block = nil
        blockSize = 0
    }

    /// At least so many bytes, aligned for every scalar, to which the first argument then points.
    private func reserve(_ bytes: Int) -> UnsafeMutableRawPointer {
        if let block, bytes <= blockSize { return block }
        block?.deallocate()
        let new = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        block = new
        blockSize = bytes
        cells.storeBytes(of: new, as: UnsafeMutableRawPointer.self)
        return new
    }
}
