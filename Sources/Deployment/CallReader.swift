import FFI
import JSON
import ModuleIdentities

/// Reads what calls functions, and checks the arguments against their signatures.
final class CallReader {
    private let functions: [FunctionSpecification]
    /// Of each function; nil: it has none, and that is reported.
    private let signatures: [Signature?]
    /// The functions as they are written, wrong ones too.
    private let declared: ManifestObject

    init(functions: [FunctionSpecification], signatures: [Signature?], declared: ManifestObject) {
        self.functions = functions
        self.signatures = signatures
        self.declared = declared
    }

    func poll(_ cursor: ManifestCursor) -> LibraryBinding.Poll? {
        guard let object = cursor.object("a poll", only: ["function", "arguments", "everyMs", "output"]) else { return nil }
        let call = call(object, at: cursor)
        let everyMs = object.required("everyMs", "\"everyMs\": 1000")?.integer(1...Int64(UInt32.max))
        let output = object.required("output", "\"output\": \"…\"")?.text(IdentifierRules.problem(inEndpointName:))
        guard let call, let everyMs, let output else { return nil }
        return LibraryBinding.Poll(function: call.function, arguments: call.arguments, everyMs: UInt32(everyMs), output: output)
    }

    func step(_ cursor: ManifestCursor) -> LibraryBinding.Step? {
        guard let object = cursor.object("a call", only: ["function", "arguments", "expect"]) else { return nil }
        return call(object, at: cursor).map {
            LibraryBinding.Step(function: $0.function, arguments: $0.arguments, expect: object.optional("expect")?.value)
        }
    }

    private func call(_ object: ManifestObject, at cursor: ManifestCursor) -> (function: Text, arguments: [JSON])? {
        let member = object.required("function", "\"function\": \"…\"")
        let arguments = object.optional("arguments")
        guard let member, let name = member.nonEmptyText() else { return nil }
        if let index = functions.firstIndex(where: { $0.name == name }) {
            let values = arguments.map { $0.array(max: FFILimits.parameters)?.map { $0.value } } ?? []
            if let values, let signature = signatures[index] { check(values, signature, of: name, at: arguments ?? cursor) }
        } else if declared.optional(name) == nil, !functions.isEmpty {
            let names = functions.map { $0.name }
            let advice: Text =
                Spelling.nearest(to: name, of: names).map { "did you mean \($0.quoted)?" }
                ?? "use \(names.map { $0.quoted }.listed(last: "or"))"
            member.error("\(name.quoted) is not a function of this module; \(advice)")
        }
        return (name, arguments?.value.array ?? [])
    }

    private func check(_ values: [JSON], _ signature: Signature, of name: Text, at cursor: ManifestCursor) {
        do throws(FFIError) {
            try signature.check(values)
        } catch {
            let place = error.position.map { cursor.path.appending(index: $0) } ?? cursor.path
            cursor.findings.add(.error, place, "function \(name.quoted): \(error.reason)")
        }
    }
}
