import FFI
import JSON

extension FunctionTable {
    /// A direct method call of a function: its status and payload, with IoT Hub's numbers for what went wrong.
    func answer(_ name: Text, _ payload: JSON) -> (status: Int, payload: JSON) {
        switch call(name, payload: payload) {
        case .success(let result): (200, result.answer)
        case .failure(let error): (FunctionTable.status(error.kind), ["message": .string(error.reason)])
        }
    }

    private static func status(_ kind: FunctionError.Kind) -> Int {
        switch kind {
        case .notFound: 404
        case .arguments: 400
        case .library, .result: 500
        }
    }
}
