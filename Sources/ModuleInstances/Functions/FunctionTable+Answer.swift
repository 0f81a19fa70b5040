import JSON

extension FunctionTable {
    /// A direct method call of a function: its status and payload, with IoT Hub's numbers for what went wrong.
    func answer(_ name: Text, _ payload: JSON) -> (status: Int, payload: JSON) {
        switch call(name, payload: payload) {
        case .success(let result): (200, result)
        case .failure(let error): (error.kind == .notFound ? 404 : 400, ["message": .string(error.reason)])
        }
    }
}
