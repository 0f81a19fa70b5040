import Deployment
import JSON

/// What an instance on another loop is told of functions: the library and what is bound of it. Only the host speaks it; the words
/// are those of the manifest.
struct FunctionsLine {
    let image: String
    let functions: [FunctionSpecification]
    let polls: [PollSpecification]

    static func params(image: String, _ functions: [FunctionSpecification], _ polls: [PollSpecification]) -> JSONObject {
        [
            "image": .string(Text(image)),
            "functions": .array(functions.map(json)),
            "polls": .array(polls.map(json)),
        ]
    }

    /// nil: not what `bytes` writes.
    init?(params: JSONObject) {
        guard let image = params["image"]?.string, let functions = params["functions"]?.array, let polls = params["polls"]?.array
        else { return nil }
        self.image = image.string
        self.functions = functions.compactMap(Self.function)
        self.polls = polls.compactMap(Self.poll)
        guard self.functions.count == functions.count, self.polls.count == polls.count else { return nil }
    }

    private static func json(_ function: FunctionSpecification) -> JSON {
        [
            "name": .string(function.name), "symbol": .string(function.symbol),
            "arguments": .array(function.arguments.map { .string($0.word) }), "returns": .string(function.returns.word),
        ]
    }

    private static func json(_ poll: PollSpecification) -> JSON {
        [
            "function": .string(poll.function), "arguments": .array(poll.arguments), "everyMs": .integer(Int64(poll.everyMs)),
            "output": .string(poll.output),
        ]
    }

    private static func function(_ json: JSON) -> FunctionSpecification? {
        guard let name = json["name"]?.string, let symbol = json["symbol"]?.string, let arguments = json["arguments"]?.array,
            let returns = type(json["returns"])
        else { return nil }
        let types = arguments.compactMap { type($0) }
        guard types.count == arguments.count else { return nil }
        return FunctionSpecification(name: name, symbol: symbol, arguments: types, returns: returns)
    }

    private static func type(_ json: JSON?) -> CTypeName? {
        json?.string.flatMap { CTypeName(word: $0) }
    }

    private static func poll(_ json: JSON) -> PollSpecification? {
        guard let function = json["function"]?.string, let arguments = json["arguments"]?.array,
            let everyMs = json["everyMs"]?.integer.flatMap({ UInt32(exactly: $0) }), let output = json["output"]?.string
        else { return nil }
        return PollSpecification(function: function, arguments: arguments, everyMs: everyMs, output: output)
    }
}
