import JSON
import ModuleIdentities

// `settings` of a module, by its type.
extension ManifestReader {
    /// nil if something in it is wrong.
    static func moduleKind(_ type: ModuleType, _ settings: ManifestObject) -> ModuleKind? {
        if let options = settings.optional("createOptions") {
            options.error("createOptions configures a container, and this runtime has none; remove it")
        }
        switch type {
        case .library:
            settings.refuseUnknown("the settings of a library", ["image", "digest", "signature", "isolation"], except: ["createOptions"])
            return .library(isolation: settings.optional("isolation")?.word() ?? .loop)
        case .executable:
            settings.refuseUnknown(
                "the settings of an executable", ["image", "digest", "signature", "args", "protocol"], except: ["createOptions"])
            let args = settings.optional("args")?.array(max: 1000)?.compactMap { $0.text() }
            return .executable(args: args ?? [], protocol: settings.optional("protocol")?.word() ?? .stdio)
        case .functions:
            settings.refuseUnknown(
                "the settings of functions", ["image", "digest", "signature", "isolation", "functions", "polls"], except: ["createOptions"])
            let isolation: Isolation = settings.optional("isolation")?.word() ?? .process
            let hint: Text = "\"functions\": {\"name\": {\"symbol\": …, \"arguments\": […], \"returns\": …}}"
            guard let declared = settings.required("functions", hint)?.object() else { return nil }
            let functions = functions(declared)
            let polls = settings.optional("polls")?.array(max: 1000)?.compactMap { poll($0, of: functions, declared) }
            return .functions(isolation: isolation, functions: functions, polls: polls ?? [])
        }
    }

    private static func functions(_ object: ManifestObject) -> [FunctionSpecification] {
        if object.isEmpty { object.findings.add(.error, object.path, "there are no functions; name at least one") }
        return object.members.compactMap { function($0, $1) }
    }

    private static func function(_ name: Text, _ cursor: ManifestCursor) -> FunctionSpecification? {
        if let problem = IdentifierRules.problem(inMethodName: name) { cursor.error(problem) }
        guard let object = cursor.object("a function", only: ["symbol", "arguments", "returns"]) else { return nil }
        let symbol = object.required("symbol", "\"symbol\": \"…\", its name in C")?.text(symbolProblem)
        let returns: CTypeName? = object.required("returns", "\"returns\": \"double\" or another C type, void for none")?.word()
        let arguments = object.required("arguments", "\"arguments\": [\"double\"], [] for none")?.array(
            max: FunctionSpecification.maximumArguments)?
            .compactMap(argument)
        guard let symbol, let arguments, let returns else { return nil }
        return FunctionSpecification(name: name, symbol: symbol, arguments: arguments, returns: returns)
    }

    private static func argument(_ cursor: ManifestCursor) -> CTypeName? {
        guard let type: CTypeName = cursor.word() else { return nil }
        if type == .void { cursor.error("\"void\" is not the type of an argument; use [] for no arguments") }
        return type
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

    private static func poll(_ cursor: ManifestCursor, of functions: [FunctionSpecification], _ declared: ManifestObject)
        -> PollSpecification?
    {
        guard let object = cursor.object("a poll", only: ["function", "arguments", "everyMs", "output"]) else { return nil }
        let member = object.required("function", "\"function\": \"…\"")
        let function = member?.nonEmptyText()
        let everyMs = object.required("everyMs", "\"everyMs\": 1000")?.integer(1...Int64(UInt32.max))
        let output = object.required("output", "\"output\": \"…\"")?.text(IdentifierRules.problem(inEndpointName:))
        let arguments = object.optional("arguments")
        if let function {
            if let signature = functions.first(where: { $0.name == function }) {
                checkArguments(arguments, of: signature, at: cursor)
            } else if declared.optional(function) == nil, !functions.isEmpty {
                let names = functions.map { $0.name.quoted }.listed(last: "or")
                member?.error("\(function.quoted) is not a function of this module; use \(names)")
            }
        }
        guard let function, let everyMs, let output else { return nil }
        return PollSpecification(function: function, arguments: arguments?.value.array ?? [], everyMs: UInt32(everyMs), output: output)
    }

    private static func checkArguments(_ cursor: ManifestCursor?, of function: FunctionSpecification, at poll: ManifestCursor) {
        guard let values = cursor.map({ $0.array(max: FunctionSpecification.maximumArguments) }) ?? [] else { return }
        guard values.count == function.arguments.count else {
            (cursor ?? poll).error("\(function.name.quoted) takes \(function.arguments.count) arguments, and \(values.count) are given")
            return
        }
        for (value, type) in zip(values, function.arguments) where !type.accepts(value.value) {
            value.error("\(value.value.shown) does not fit the argument type \(type.word); use \(type.jsonForm)")
        }
    }
}
