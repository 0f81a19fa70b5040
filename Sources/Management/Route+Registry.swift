import HTTP
import JSON
import ModuleIdentities

extension Route {
    /// IoT Hub's registry of identities, with their keys, and IoT Edge's list of them.
    static func registry(_ device: any DeviceControl) -> [Route] {
        let show = ofThisDevice(device, .service) { call, module in
            call.answer(found(device, module), device)
        }
        let list = ofThisDevice(device, .service) { call, name in
            // Downstream devices have no modules here.
            call.answer(.array(name == nil ? device.identities().map { $0.registryEntry(of: call.names[0]) } : []))
        }
        let putDevice = { (call: RouteCall) in
            var call = call
            call.errorStyle = .service
            call.answer(
                ControlError(.invalid, "devices are made and changed in the manifest of this host: device.children, with id and key"))
        }
        let put = ofThisDevice(device, .service) { call, module in call.put(module ?? "", device) }
        let delete = ofThisDevice(device, .service) { call, module in
            do throws(ControlError) {
                device.deleteIdentity(module: module ?? "", ifMatch: try call.ifMatch()) { error in
                    if let error { call.answer(error) } else { call.responder.send(HTTPResponse(204)) }
                }
            } catch {
                call.answer(error)
            }
        }
        return [
            Route(.get, "/identities") { call in
                call.answer(["identities": .array(device.identities().map { $0.edgeEntry })])
            },
            Route(.get, "/identities/{m}") { call in
                switch found(device, call.names[0]) {
                case .success(let identity): call.answer(identity.edgeEntry)
                case .failure(let error): call.answer(error)
                }
            },
            Route(.get, "/devices") { call in
                let own = device.device()["deviceId"]?.string ?? ""
                call.answer(.array(device.devices().map { $0.registryEntry(of: own) }))
            },
            Route(.get, "/devices/{d}", show), Route(.put, "/devices/{d}", putDevice), Route(.delete, "/devices/{d}", delete),
            Route(.get, "/devices/{d}/modules", list),
            Route(.get, "/devices/{d}/modules/{m}", show), Route(.put, "/devices/{d}/modules/{m}", put),
            Route(.delete, "/devices/{d}/modules/{m}", delete),
        ]
    }

    private static func found(_ device: any DeviceControl, _ module: Text?) -> Result<RegisteredIdentity, ControlError> {
        if let identity = device.identity(module: module) { return .success(identity) }
        return .failure(ControlError(.notFound, "no module identity \((module ?? "").quoted) on this device"))
    }
}

extension RouteCall {
    /// Without `If-Match` it makes an identity, with it it changes the one that is there.
    fileprivate func put(_ module: Text, _ device: any DeviceControl) {
        do throws(ControlError) {
            if let problem = IdentifierRules.problem(inModuleID: module) { throw ControlError(.invalid, problem) }
            let change = try IdentityChange(parsing: try object(), device: names[0], module: module)
            if let etag = try ifMatch() {
                device.updateIdentity(module: module, change: change, ifMatch: etag) { answer($0, device) }
            } else {
                device.createIdentity(module: module, change: change) { answer($0, device, status: 201) }
            }
        } catch {
            answer(error)
        }
    }

    /// The entry, its etag in the header as well.
    fileprivate func answer(_ identity: Result<RegisteredIdentity, ControlError>, _ device: any DeviceControl, status: Int = 200) {
        switch identity {
        case .success(let identity):
            answer(identity.registryEntry(of: names[0]), status: status, headers: ["ETag": "\"\(identity.etag)\""])
        case .failure(let error): answer(error)
        }
    }
}
