import HTTP
import JSON

extension Route {
    /// IoT Edge's management API: modules and their logs.
    static func modules(_ device: any DeviceControl) -> [Route] {
        [
            Route(.get, "/modules") { call in
                call.answer(["modules": .array(device.modules().map { .object(details($0)) })])
            },
            Route(.get, "/modules/{m}") { call in
                for module in device.modules() where module["name"] == .string(call.names[0]) {
                    return call.answer(.object(details(module)))
                }
                call.answer(ControlError(.notFound, "no module \(call.names[0].quoted) on this device"))
            },
            Route(.post, "/modules/{m}/start") { call in
                device.start(module: call.names[0]) { call.answer(changed: $0) }
            },
            Route(.post, "/modules/{m}/stop") { call in
                device.stop(module: call.names[0]) { call.answer(changed: $0) }
            },
            Route(.post, "/modules/{m}/restart") { call in
                device.restart(module: call.names[0]) { call.answer(changed: $0) }
            },
            Route(.get, "/modules/{m}/logs") { call in
                do throws(ControlError) {
                    let request = try LogRequest(query: call.request.target)
                    let stream = LaterStream(call, contentType: "text/plain; charset=utf-8")
                    if let error = device.logs(module: call.names[0], request: request, into: stream.body) {
                        stream.refuse(error)
                    } else {
                        stream.begin()
                    }
                } catch {
                    call.answer(error)
                }
            },
        ]
    }

    /// ModuleDetails, from an object of `martlet list --json`.
    static func details(_ module: JSONObject) -> JSONObject {
        var status: JSONObject = ["runtimeStatus": ["status": module["status"] ?? "unknown", "description": module["description"] ?? ""]]
        if let start = module["lastStartTimeUtc"], !start.isNull { status["startTime"] = start }
        if let code = module["exitCode"]?.integer {
            status["exitStatus"] = ["exitTime": module["lastExitTimeUtc"] ?? .null, "statusCode": .string("\(code)")]
        }
        let settings: JSON = ["image": module["image"] ?? .null, "digest": module["digest"] ?? .null]
        return [
            "id": module["identity"] ?? .null, "name": module["name"] ?? .null, "type": module["type"] ?? .null,
            "config": ["settings": settings, "env": []], "status": .object(status),
        ]
    }
}

extension RouteCall {
    /// 204, or 304 where there was nothing to do.
    fileprivate func answer(changed result: Result<Bool, ControlError>) {
        switch result {
        case .success(let changed): responder.send(HTTPResponse(changed ? 204 : 304))
        case .failure(let error): answer(error)
        }
    }
}

extension LogRequest {
    /// `follow`, `tail=all|N`; what IoT Edge has beyond that is refused rather than ignored.
    init(query target: RequestTarget) throws(ControlError) {
        self.init()
        for item in target.query {
            let value = item.value ?? "true"
            switch item.name {
            case "follow": follows = try Self.flag(item.name, value)
            case "tail":
                if value == "all" { continue }
                guard let count = Int(value.string), count >= 0 else {
                    throw ControlError(.invalid, "tail is \(value.quoted): all or a number of lines is expected")
                }
                tail = count
            case "timestamps":
                if try Self.flag(item.name, value) { throw ControlError(.invalid, "timestamps=true: lines are kept without their times") }
            case "since", "until":
                throw ControlError(.invalid, "\(item.name): lines are kept without their times; tail=N gives the last ones")
            default: continue
            }
        }
    }

    private static func flag(_ name: Text, _ value: Text) throws(ControlError) -> Bool {
        if value == "true" || value == "1" || value.isEmpty { return true }
        if value == "false" || value == "0" { return false }
        throw ControlError(.invalid, "\(name) is \(value.quoted): true or false is expected")
    }
}
