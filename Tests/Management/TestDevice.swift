import JSON
import Management
import ModuleIdentities

/// A device of two modules that remembers what it was asked for.
final class TestDevice: DeviceControl {
    var asked: [String] = []
    var streams: [ResponseStream] = []
    var twins: [Text: JSONObject] = ["": ["deviceId": "D", "etag": "AAA="], "a": ["deviceId": "D", "moduleId": "a", "etag": "AAE="]]
    /// What a method call waits for, with nobody answering it but the test.
    var pendingCalls: [(Result<MethodAnswer, ControlError>) -> Void] = []
    var log = "one\ntwo\n"

    func device() -> JSONObject { ["deviceId": "D", "pid": 7] }

    func trustBundle() -> Result<Text, ControlError> { .success("-----BEGIN CERTIFICATE-----\n") }

    func modules() -> [JSONObject] {
        [
            [
                "name": "a", "identity": "/devices/D/modules/a", "type": "library", "status": "running", "description": "Up 3 s",
                "exitCode": nil,
            ],
            ["name": "b", "identity": "/devices/D/modules/b", "type": "executable", "status": "failed", "exitCode": 3],
        ]
    }

    var registry: [RegisteredIdentity] = [
        RegisteredIdentity(
            moduleID: nil, managedBy: "", generationID: "9", etag: "AAM=", keys: .init(primary: "ZGV2aWNl", secondary: "ZGV2aWNlMg==")),
        RegisteredIdentity(
            moduleID: "a", managedBy: "IotEdge", generationID: "1", etag: "AAE=", keys: .init(primary: "YQ==", secondary: "Yg==")),
    ]

    func identities() -> [RegisteredIdentity] { registry.filter { $0.moduleID != nil } }
    func devices() -> [RegisteredIdentity] { registry.filter { $0.moduleID == nil } }
    func identity(module: Text?) -> RegisteredIdentity? {
        let device = module.flatMap { ClientName.downstreamDevice($0) }
        return registry.first { $0.downstreamDevice == device && $0.moduleID == (device == nil ? module : nil) }
    }

    private func describe(_ change: IdentityChange) -> String {
        let authentication =
            switch change.authentication {
            case nil: "-"
            case .some(.none): "none"
            case .derivedKeys: "derived"
            case .keys(let primary, let secondary): "\(primary.count)+\(secondary.count)"
            }
        return "\(change.managedBy.map { "<\($0)>" } ?? "-") \(authentication)"
    }

    func createIdentity(module: Text, change: IdentityChange, done: @escaping (Result<RegisteredIdentity, ControlError>) -> Void) {
        asked.append("create \(module) \(describe(change))")
        guard identity(module: module) == nil else { return done(.failure(ControlError(.conflict, "\(module) is there"))) }
        let made = RegisteredIdentity(
            moduleID: module, managedBy: change.managedBy ?? "", generationID: "2", etag: "AAE=",
            keys: change.authentication == IdentityChange.Authentication.none ? nil : .init(primary: "cA==", secondary: "cw=="))
        registry.append(made)
        done(.success(made))
    }

    func updateIdentity(
        module: Text, change: IdentityChange, ifMatch: Text, done: @escaping (Result<RegisteredIdentity, ControlError>) -> Void
    ) {
        asked.append("update \(module) \(ifMatch) \(describe(change))")
        guard let index = registry.firstIndex(where: { $0.moduleID == module }) else {
            return done(.failure(ControlError(.notFound, "no \(module)")))
        }
        guard ifMatch == "*" || ifMatch == registry[index].etag else {
            return done(.failure(ControlError(.preconditionFailed, "the etag is another")))
        }
        registry[index].etag = "NEW="
        done(.success(registry[index]))
    }

    func deleteIdentity(module: Text, ifMatch: Text?, done: @escaping (ControlError?) -> Void) {
        asked.append("delete \(module) \(ifMatch ?? "-")")
        guard let found = identity(module: module), let index = registry.firstIndex(of: found) else {
            return done(ControlError(.notFound, "no \(module)"))
        }
        registry.remove(at: index)
        done(nil)
    }

    func systemInfo() -> JSONObject { ["osType": "linux"] }

    func queues() -> [JSONObject] { [["endpoint": "$upstream", "length": 2]] }
    func traffic() -> [JSONObject] { [["module": "m", "received": 3]] }

    private func change(_ verb: String, _ module: Text, _ done: (Result<Bool, ControlError>) -> Void) {
        asked.append("\(verb) \(module)")
        done(module == "a" ? .success(verb != "start") : .failure(ControlError(.notFound, "no module \(module)")))
    }

    func start(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void) { change("start", module, done) }
    func stop(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void) { change("stop", module, done) }
    func restart(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void) { change("restart", module, done) }

    func twin(module: Text?) -> Result<JSONObject, ControlError> {
        guard let twin = twins[module ?? ""] else { return .failure(ControlError(.notFound, "no twin")) }
        return .success(twin)
    }

    func pendingReport(module: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void) {
        guard twins[module ?? ""] != nil else { return done(.failure(ControlError(.notFound, "no twin"))) }
        done(.success(["patch": ["of": .string(module ?? "-")], "version": 3, "isCloudKnown": false, "refused": []]))
    }

    func patchTwin(module: Text?, change: TwinChange, ifMatch: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void) {
        set("patch", module, change, ifMatch, done)
    }

    func replaceTwin(module: Text?, change: TwinChange, ifMatch: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void) {
        set("replace", module, change, ifMatch, done)
    }

    private func set(
        _ verb: String, _ module: Text?, _ change: TwinChange, _ ifMatch: Text?, _ done: (Result<JSONObject, ControlError>) -> Void
    ) {
        asked.append(
            "\(verb) \(module ?? "-") \(JSON.object(change.desired ?? [:]).text) \(JSON.object(change.tags ?? [:]).text)")
        if let ifMatch, ifMatch != "*", .string(ifMatch) != twins[module ?? ""]?["etag"] {
            return done(.failure(ControlError(.preconditionFailed, "the etag is another")))
        }
        twins[module ?? ""]?["etag"] = "NEW="
        done(twin(module: module))
    }

    func invoke(module: Text?, call: MethodRequest, done: @escaping (Result<MethodAnswer, ControlError>) -> Void) {
        asked.append("invoke \(module ?? "-") \(call.method) \(call.payload.text) \(call.connectTimeoutMs) \(call.responseTimeoutMs)")
        if call.method == "late" { return pendingCalls.append(done) }
        done(.success(MethodAnswer(status: 201, payload: ["echo": call.payload])))
    }

    func send(module: Text, input: Text, message: JSONObject, done: @escaping (ControlError?) -> Void) {
        asked.append("send \(module)/\(input) \(JSON.object(message).text)")
        done(module == "a" ? nil : ControlError(.full, "the queue is full"))
    }

    func send(device: Text, message: JSONObject, done: @escaping (ControlError?) -> Void) {
        asked.append("send to <\(device)> \(JSON.object(message).text)")
        done(nil)
    }

    func logs(module: Text, request: LogRequest, into stream: ResponseStream) -> ControlError? {
        asked.append("logs \(module) \(request.tail ?? -1) \(request.follows)")
        guard module == "a" else { return ControlError(.notFound, "no module \(module)") }
        stream.write(Array(log.utf8))
        if request.follows { streams.append(stream) } else { stream.end() }
        return nil
    }

    func monitor(filter: MonitorFilter, into stream: ResponseStream) -> ControlError? {
        asked.append("monitor \(filter.source?.module ?? "-") \(filter.source?.output ?? "-")")
        streams.append(stream)
        return nil
    }
}
