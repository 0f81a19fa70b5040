import Deployment
import FFI
import JSON
import UV

/// A plain C library with the functions that the manifest describes, ready to be called. One thread at a time.
public final class FunctionTable {
    private struct Function {
        let name: Text
        let signature: Signature
        let address: UnsafeMutableRawPointer
    }

    /// Keeps the addresses valid.
    private let library: SharedLibrary
    private let functions: [Function]

    /// Loads the library and finds all functions in it.
    ///
    /// - Parameter path: with a slash in it; a file of this instance alone, for variables are shared by all who load one file.
    /// - Throws: `library`, naming every function that is not there or cannot be called, not just the first.
    public init(path: String, functions descriptions: [FunctionSpecification]) throws(FunctionError) {
        let library: SharedLibrary
        do throws(SharedLibraryError) {
            library = try SharedLibrary(path: path)
        } catch {
            throw FunctionError(.library, Text(error.message))
        }
        var functions: [Function] = []
        var faults: [String] = []
        for description in descriptions {
            do throws(FunctionError) {
                functions.append(try FunctionTable.resolve(description, in: library))
            } catch {
                faults.append(error.reason.string)
            }
        }
        if var reason = faults.first {
            for fault in faults.dropFirst() { reason += "; " + fault }
            throw FunctionError(.library, Text(reason))
        }
        self.library = library
        self.functions = functions
    }

    /// Calls a function and waits for it.
    ///
    /// - Parameter payload: the array of its arguments; null is none.
    /// - Returns: the bare result.
    public func call(_ name: Text, payload: JSON) -> Result<JSON, FunctionError> {
        Result { () throws(FunctionError) in
            let function = try find(name)
            let arguments = try FunctionTable.arguments(of: name, in: payload)
            do throws(FFIError) {
                return try function.signature.call(function.address, arguments)
            } catch {
                throw FunctionError(.arguments, "function \(name.quoted): \(error.reason)")
            }
        }
    }

    /// Sees whether a call would be made, without making it.
    public func check(_ name: Text, payload: JSON) throws(FunctionError) {
        let function = try find(name)
        let arguments = try FunctionTable.arguments(of: name, in: payload)
        do throws(FFIError) {
            try function.signature.check(arguments)
        } catch {
            throw FunctionError(.arguments, "function \(name.quoted): \(error.reason)")
        }
    }

    private func find(_ name: Text) throws(FunctionError) -> Function {
        for function in functions where function.name == name { return function }
        let known = functions.isEmpty ? "none" : functions.map { $0.name }.listed(last: "and")
        throw FunctionError(.notFound, "there is no function \(name.quoted); known: \(known)")
    }

    private static func arguments(of name: Text, in payload: JSON) throws(FunctionError) -> [JSON] {
        switch payload {
        case .null: return []
        case .array(let arguments): return arguments
        default:
            throw FunctionError(
                .arguments, "function \(name.quoted): the payload must be the array of its arguments, not \(payload.shown)")
        }
    }

    private static func resolve(_ description: FunctionSpecification, in library: SharedLibrary) throws(FunctionError) -> Function {
        let place = "function \(description.name.quoted)"
        // C would see a shorter name.
        let symbol = description.symbol
        guard !symbol.isEmpty, !symbol.utf8.contains(0), let address = library.symbol(symbol.string) else {
            throw FunctionError(.library, "\(place): the library exports no symbol \(symbol.quoted)")
        }
        do throws(FFIError) {
            let signature = try Signature(arguments: description.arguments.map { $0.cType }, returns: description.returns.cType)
            return Function(name: description.name, signature: signature, address: address)
        } catch {
            throw FunctionError(.library, "\(place): \(error.reason)")
        }
    }
}

extension CTypeName {
    /// What the manifest's word is to a call.
    fileprivate var cType: CType {
        switch self {
        case .bool: .bool
        case .int8: .int8
        case .uint8: .uint8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .uint32: .uint32
        case .int64: .int64
        case .uint64: .uint64
        case .float: .float
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .void: .void
        }
    }
}
