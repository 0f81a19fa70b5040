import FFI
import JSON
import ModuleIdentities

// `functions` of a module: what is bound of a C library, and what calls it.
extension ManifestReader {
    /// nil if there are no functions to speak of.
    static func binding(_ settings: ManifestObject) -> LibraryBinding? {
        let hint: Text = "\"functions\": {\"name\": {\"symbol\": …, \"arguments\": […], \"returns\": …}}"
        guard let declared = settings.required("functions", hint)?.object() else { return nil }
        if declared.isEmpty && settings.optional("callbacks") == nil {
            declared.findings.add(.error, declared.path, "there are no functions; name at least one")
        }
        var binding = LibraryBinding(settings: settings.json)
        var signatures: [Signature?] = []
        for (name, cursor) in declared.members {
            guard let function = function(name, cursor) else { continue }
            binding.functions.append(function)
            signatures.append(signature(function.parameters, returns: function.returns, at: cursor))
        }
        let calls = CallReader(functions: binding.functions, signatures: signatures, declared: declared)
        binding.polls = settings.optional("polls")?.array(max: 1000)?.compactMap { calls.poll($0) } ?? []
        binding.initial = settings.optional("initial")?.array(max: 1000)?.compactMap { calls.step($0) } ?? []
        binding.final = settings.optional("final")?.array(max: 1000)?.compactMap { calls.step($0) } ?? []
        binding.callbacks = settings.optional("callbacks")?.object().map(callbacks) ?? []
        return binding
    }

    private static func function(_ name: Text, _ cursor: ManifestCursor) -> FunctionSpecification? {
        if let problem = IdentifierRules.problem(inMethodName: name) { cursor.error(problem) }
        guard let object = cursor.object("a function", only: ["symbol", "arguments", "returns"]) else { return nil }
        let symbol = object.required("symbol", "\"symbol\": \"…\", its name in C")?.text(symbolProblem)
        let returns = object.required("returns", "\"returns\": \"double\" or another C type, void for none").flatMap(result)
        let parameters = object.required("arguments", "\"arguments\": [\"double\"], [] for none").flatMap { parameterList($0) }
        guard let symbol, let parameters, let returns else { return nil }
        return FunctionSpecification(name: name, symbol: symbol, parameters: parameters, returns: returns)
    }

    /// What is wrong with the whole is said here, at the argument's place where it is about one.
    private static func signature(_ parameters: [CParameter], returns: CType, at cursor: ManifestCursor) -> Signature? {
        do throws(FFIError) {
            return try Signature(parameters, returns: returns)
        } catch {
            cursor.error(error)
            return nil
        }
    }

    private static func callbacks(_ object: ManifestObject) -> [LibraryBinding.Callback] {
        let members = object.members
        if members.count > FFILimits.callbacks {
            object.findings.add(
                .error, object.path, "there are \(members.count) callbacks; at most \(FFILimits.callbacks) are possible")
        }
        return members.compactMap { callback($0, $1) }
    }

    private static func callback(_ name: Text, _ cursor: ManifestCursor) -> LibraryBinding.Callback? {
        let names: [Text] = ["subscribe", "unsubscribe", "expect", "arguments", "returns", "output"]
        guard let object = cursor.object("a callback", only: names) else { return nil }
        let subscribe = object.required("subscribe", "\"subscribe\": \"…\", the C function that takes a callback and its user pointer")?
            .text(symbolProblem)
        let unsubscribe = object.optional("unsubscribe")?.text(symbolProblem)
        let expect = object.optional("expect")?.integer(Int64(Int32.min)...Int64(Int32.max))
        let parameters = object.required("arguments", "\"arguments\": [\"int32\", \"user\"], as C calls it").flatMap {
            parameterList($0, inCallback: true)
        }
        let returns = object.optional("returns").map(result) ?? .void
        let output = object.required("output", "\"output\": \"…\"")?.text(IdentifierRules.problem(inEndpointName:))
        guard let subscribe, let parameters, let returns, let output else { return nil }
        do throws(FFIError) {
            try Callbacks.check(parameters, returns: returns)
        } catch {
            cursor.error(error)
        }
        return LibraryBinding.Callback(
            name: name, subscribe: subscribe, unsubscribe: unsubscribe, expect: expect.map { Int32($0) }, parameters: parameters,
            returns: returns, output: output)
    }

    /// A C identifier.
    private static func symbolProblem(_ symbol: Text) -> Text? {
        let isGood = symbol.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
            default: false
            }
        }
        return isGood && !symbol.isEmpty ? nil : "\(symbol.quoted) is not a symbol of C; use letters, digits and _, no digit first"
    }
}

extension ManifestCursor {
    /// At the argument that it is about, if it is about one.
    fileprivate func error(_ error: FFIError) {
        let place = error.position.map { path.appending("arguments").appending(index: $0) } ?? path
        findings.add(.error, place, error.reason)
    }
}
