import CPOSIX
import HTTP
import JSON
import Management
import TestSupport
import UV

/// A device that answers the workload API: it signs by turning the bytes round, and remembers for whom.
final class TestWorkload: WorkloadControl {
    var asked: [String] = []
    var bundle: Result<Text, ControlError> = .success("-----BEGIN CERTIFICATE-----\n")

    func trustBundle() -> Result<Text, ControlError> { bundle }

    func modules() -> [JSONObject] {
        [["name": "m", "identity": "/devices/D/modules/m", "type": "executable", "status": "running", "description": "Up"]]
    }

    func sign(_ data: [UInt8], module: Text) -> Result<[UInt8], ControlError> {
        asked.append("sign \(module)")
        return .success(data.reversed())
    }

    func encrypt(
        _ plaintext: [UInt8], initializationVector: [UInt8], module: Text, generationID: Text
    ) -> Result<[UInt8], ControlError> {
        asked.append("encrypt \(module) \(generationID)")
        return .success(plaintext + initializationVector)
    }

    func decrypt(
        _ ciphertext: [UInt8], initializationVector: [UInt8], module: Text, generationID: Text
    ) -> Result<[UInt8], ControlError> {
        asked.append("decrypt \(module) \(generationID)")
        guard ciphertext.suffix(initializationVector.count).elementsEqual(initializationVector) else {
            return .failure(ControlError(.invalid, "it was changed"))
        }
        return .success(Array(ciphertext.dropLast(initializationVector.count)))
    }

    func serverCertificate(commonName: Text, module: Text) -> Result<WorkloadCertificate, ControlError> {
        .success(WorkloadCertificate(privateKey: "KEY", certificate: "\(commonName) \(module)", expiration: "2026-11-23T02:29:07Z"))
    }

    func identityCertificate(module: Text) -> Result<WorkloadCertificate, ControlError> {
        .success(WorkloadCertificate(privateKey: "KEY", certificate: module, expiration: "2026-11-23T02:29:07Z"))
    }
}

/// The workload socket of module m in generation 7, and a client of it.
final class WorkloadBench {
    let loop: Loop
    let folder = TemporaryFolder()
    let device = TestWorkload()
    let server: WorkloadServer
    var strangers: () -> [Int32]

    var path: String { folder.path("m.sock") }

    /// - Parameter leader: the process of the instance.
    init(leader: @escaping () -> Int32? = { getpid() }) throws {
        loop = try Loop()
        var strangers: [Int32] = []
        self.strangers = { [] }
        server = try WorkloadServer(
            loop, path: folder.path("m.sock"), module: "m", generationID: "7", device: device, processID: leader,
            stranger: { strangers.append($0) })
        self.strangers = { strangers }
    }

    deinit {
        server.close()
        loop.close()
    }

    /// One request to a path with its query, and the answer.
    func ask(
        _ method: HTTPMethod, _ path: String, version: Text? = "2022-08-03", headers: HTTPHeaders = [:], body: String = ""
    ) -> (status: Int, json: JSON, message: Text?) {
        var status = 0
        var bytes: [UInt8] = []
        var hasEnded = false
        let query = version.map { [RequestTarget.QueryItem(name: "api-version", value: $0)] } ?? []
        let request = HTTPRequest(
            method, path: path.split(separator: "/").map { Text(String($0)) }, query: query, headers: headers, body: Array(body.utf8),
            keepsAlive: false)
        let exchange = HTTPExchange(
            loop, socketPath: self.path, request: request,
            .init(head: { code, _ in status = code }, body: { bytes += $0 }, ended: { _ in hasEnded = true }))
        _ = run(loop) { hasEnded }
        exchange.cancel()
        let json = (try? JSON.parse(bytes)) ?? .null
        return (status, json, json["message"]?.string)
    }
}
