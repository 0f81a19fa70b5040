public import Deployment
public import FFI
public import JSON
import UV

/// A plain C library with what the manifest binds of it, ready to be called. One thread at a time.
public final class FunctionTable {
    private struct Function {
        let name: Text
        let signature: Signature
        let address: UnsafeMutableRawPointer
    }

    /// A callback with the addresses of the functions that take it.
    struct Source {
        let callback: LibraryBinding.Callback
        let subscribe: UnsafeMutableRawPointer
        let unsubscribe: UnsafeMutableRawPointer?
    }

    public let binding: LibraryBinding
    /// Keeps the addresses valid.
    private var library: SharedLibrary?
    private var functions: [Function] = []
    private(set) var sources: [Source] = []
    private let marks: ModuleCalls?

    /// Loads the library and finds in it all that is bound.
    ///
    /// - Parameter path: with a slash in it; a file of this instance alone, for variables are shared by all who load one file.
    /// - Throws: `library`, naming every symbol that is not there or cannot be called, not just the first.
    public convenience init(path: String, binding: LibraryBinding) throws(FunctionError) {
        try self.init(path: path, binding: binding, marks: nil)
    }

    /// - Parameter marks: mark the calls into the library; nil: nobody needs to know.
    init(path: String, binding: LibraryBinding, marks: ModuleCalls?) throws(FunctionError) {
        self.binding = binding
        self.marks = marks
        let library: SharedLibrary
        let outer = (marks?.mark).enter(.load)
        defer { (marks?.mark).leave(outer) }
        do throws(SharedLibraryError) {
            library = try SharedLibrary(path: path)
        } catch {
            throw FunctionError(.library, Text(error.message))
        }
        var functions: [Function] = []
        var sources: [Source] = []
        var faults: [Text] = []
        for function in binding.functions {
            guard let address = FunctionTable.find(function.symbol, "function \(function.name.quoted)", in: library, &faults) else {
                continue
            }
            do throws(FFIError) {
                let signature = try Signature(function.parameters, returns: function.returns)
                functions.append(Function(name: function.name, signature: signature, address: address))
            } catch {
                faults.append("function \(function.name.quoted): \(error.reason)")
            }
        }
        for callback in binding.callbacks {
            let place: Text = "callback \(callback.name.quoted)"
            let subscribe = FunctionTable.find(callback.subscribe, place, in: library, &faults)
            let unsubscribe = callback.unsubscribe.flatMap { FunctionTable.find($0, place, in: library, &faults) }
            if let subscribe { sources.append(Source(callback: callback, subscribe: subscribe, unsubscribe: unsubscribe)) }
        }
        if let first = faults.first {
            throw FunctionError(.library, faults.dropFirst().reduce(first) { "\($0); \($1)" })
        }
        self.library = library
        self.functions = functions
        self.sources = sources
        if let address = functions.first?.address ?? sources.first?.subscribe { marks?.loaded(address) }
    }

    /// Calls a function and waits for it.
    ///
    /// - Parameter payload: the array of its arguments, without outputs; null is none.
    public func call(_ name: Text, payload: JSON) -> Result<CallResult, FunctionError> {
        Result { () throws(FunctionError) in
            let function = try find(name)
            let arguments = try FunctionTable.arguments(of: name, in: payload)
            let outer = (marks?.mark).enter(.function)
            defer { (marks?.mark).leave(outer) }
            do throws(FFIError) {
                return try function.signature.call(function.address, arguments)
            } catch {
                throw FunctionError(error.kind == .result ? .result : .arguments, "function \(name.quoted): \(error.reason)")
            }
        }
    }

    /// Makes calls one after the other, until one does not return what it must.
    ///
    /// - Parameter place: what the calls are in the manifest, for messages.
    public func perform(_ steps: [LibraryBinding.Step], _ place: Text) throws(FunctionError) {
        for (index, step) in steps.enumerated() {
            do throws(FunctionError) {
                let value = try call(step.function, payload: .array(step.arguments)).get().value ?? .null
                if let expect = step.expect, !FunctionTable.equal(value, expect) {
                    throw FunctionError(
                        .result, "function \(step.function.quoted) returned \(value.shown), and \(expect.shown) is expected")
                }
            } catch {
                throw FunctionError(error.kind, "\(place)[\(index)]: \(error.reason)")
            }
        }
    }

    /// The library stays in memory for ever: what it has subscribed may still be called.
    func keepLibrary() {
        library?.keep()
        marks?.staysLoaded()
    }

    /// 0 is 0.0 to people.
    private static func equal(_ left: JSON, _ right: JSON) -> Bool {
        if let left = left.number, let right = right.number { return left == right }
        return left == right
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

    /// nil: it is not there, or no function, and that is one of the faults.
    private static func find(_ symbol: Text, _ place: Text, in library: SharedLibrary, _ faults: inout [Text]) -> UnsafeMutableRawPointer? {
        guard let address = library.symbol(symbol.string) else {
            faults.append("\(place): the library exports no symbol \(symbol.quoted)")
            return nil
        }
        if SharedLibrary.isVariable(address) {
            faults.append("\(place): the symbol \(symbol.quoted) is a variable and not a function")
            return nil
        }
        return address
    }
}
