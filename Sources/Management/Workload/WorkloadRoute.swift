import HTTP
import JSON

/// One line of the table of the workload API: a method, a path, and what to answer.
struct WorkloadRoute {
    let route: Route
    let answer: (WorkloadCall) throws(WorkloadError) -> HTTPResponse

    private init(_ method: HTTPMethod, _ path: StaticString, _ answer: @escaping (WorkloadCall) throws(WorkloadError) -> HTTPResponse) {
        route = Route(method, path) { _ in }
        self.answer = answer
    }

    /// All of them. A module speaks for itself alone, in the generation that its identity had when it was started.
    static func all(_ device: any WorkloadControl, module: Text, generationID: Text) -> [WorkloadRoute] {
        /// A route of this module: `names` begin with its id and, where the path says it, with its generation.
        func own(
            _ path: StaticString, _ answer: @escaping (WorkloadCall) throws(WorkloadError) -> HTTPResponse
        ) -> WorkloadRoute {
            WorkloadRoute(.post, path) { (call) throws(WorkloadError) in
                guard call.module == module else { throw WorkloadError(403, "forbidden") }
                guard call.names.count < 2 || call.names[1] == generationID else {
                    throw WorkloadError(404, "module \(module.quoted) has no generation \(call.names[1].quoted)")
                }
                return try answer(call)
            }
        }
        return [
            WorkloadRoute(.get, "/trust-bundle") { (_) throws(WorkloadError) in
                .json(["certificate": .string(try given(device.trustBundle()))])
            },
            // Who signed the manifest: nobody but the file's owner.
            WorkloadRoute(.get, "/manifest-trust-bundle") { (_) throws(WorkloadError) in .json(["certificate": ""]) },
            WorkloadRoute(.get, "/modules") { (_) throws(WorkloadError) in
                .json(["modules": .array(device.modules().map { .object(Route.details($0)) })])
            },
            own("/modules/{m}/genid/{g}/sign") { (call) throws(WorkloadError) in
                // What else is in it, `keyId` and `algo`, the daemon does not look at either.
                let data = try WorkloadCall.bytes(try call.object(), "data")
                return .json(["digest": .string(Base64.encode(try given(device.sign(data, module: module))))])
            },
            own("/modules/{m}/genid/{g}/encrypt") { (call) throws(WorkloadError) in
                let body = try call.object()
                let ciphertext = device.encrypt(
                    try WorkloadCall.bytes(body, "plaintext"), initializationVector: try vector(body), module: module,
                    generationID: generationID)
                return .json(["ciphertext": .string(Base64.encode(try given(ciphertext)))])
            },
            own("/modules/{m}/genid/{g}/decrypt") { (call) throws(WorkloadError) in
                let body = try call.object()
                let plaintext = device.decrypt(
                    try WorkloadCall.bytes(body, "ciphertext"), initializationVector: try vector(body), module: module,
                    generationID: generationID)
                return .json(["plaintext": .string(Base64.encode(try given(plaintext)))])
            },
            own("/modules/{m}/genid/{g}/certificate/server") { (call) throws(WorkloadError) in
                let certificate = device.serverCertificate(commonName: try commonName(try call.object()), module: module)
                return .json(try given(certificate).json, status: 201)
            },
            own("/modules/{m}/certificate/identity") { (_) throws(WorkloadError) in
                .json(try given(device.identityCertificate(module: module)).json, status: 201)
            },
        ]
    }

    private static func given<Value>(_ result: Result<Value, ControlError>) throws(WorkloadError) -> Value {
        switch result {
        case .success(let value): return value
        case .failure(let error): throw WorkloadError(error)
        }
    }

    private static func vector(_ body: JSONObject) throws(WorkloadError) -> [UInt8] {
        let vector = try WorkloadCall.bytes(body, "initializationVector")
        if !vector.isEmpty { return vector }
        throw WorkloadError(422, "initializationVector is empty: bytes that are never used twice are expected")
    }

    /// How long a certificate is good its issuer decides, so `expiration` does not count.
    private static func commonName(_ body: JSONObject) throws(WorkloadError) -> Text {
        guard let name = body["commonName"]?.string else { throw WorkloadError(422, "commonName is missing: a string is expected") }
        guard (1...64).contains(name.utf8.count) else {
            throw WorkloadError(400, "commonName has \(name.utf8.count) bytes: a certificate's name has 1 to 64")
        }
        return name
    }
}
