import HTTP
import JSON
import ModuleIdentities

extension Route {
    /// IoT Hub's service API: twins and direct methods, of the device, its modules and downstream devices.
    static func twins(_ device: any DeviceControl) -> [Route] {
        let get = ofThisDevice(device, .service) { call, module in call.answer(twin: device.twin(module: module)) }
        let pending = ofThisDevice(device, .service) { call, module in
            device.pendingReport(module: module) { result in
                switch result {
                case .success(let report): call.answer(.object(report))
                case .failure(let error): call.answer(error)
                }
            }
        }
        let patch = ofThisDevice(device, .service) { call, module in
            call.change { device.patchTwin(module: module, change: $0, ifMatch: $1, done: $2) }
        }
        let put = ofThisDevice(device, .service) { call, module in
            call.change { device.replaceTwin(module: module, change: $0, ifMatch: $1, done: $2) }
        }
        let methods = ofThisDevice(device, .edge) { call, module in
            do throws(ControlError) {
                device.invoke(module: module, call: try MethodRequest(parsing: try call.object())) { call.answer(method: $0) }
            } catch {
                call.answer(error)
            }
        }
        return [
            Route(.get, "/twins/{d}", get), Route(.get, "/twins/{d}/modules/{m}", get),
            Route(.patch, "/twins/{d}", patch), Route(.patch, "/twins/{d}/modules/{m}", patch),
            Route(.put, "/twins/{d}", put), Route(.put, "/twins/{d}/modules/{m}", put),
            Route(.get, "/twins/{d}/pending", pending), Route(.get, "/twins/{d}/modules/{m}/pending", pending),
            Route(.post, "/twins/{d}/methods", methods), Route(.post, "/twins/{d}/modules/{m}/methods", methods),
        ]
    }

    /// Takes the device id, which must be ours or that of a downstream device, and the module's, if there is one, for the name of a client;
    /// nil: the device itself.
    static func ofThisDevice(
        _ device: any DeviceControl, _ style: RouteCall.ErrorStyle, _ act: @escaping (RouteCall, Text?) -> Void
    ) -> (RouteCall) -> Void {
        { call in
            var call = call
            call.errorStyle = style
            let own = device.device()["deviceId"]?.string ?? ""
            if call.names[0] == own {
                // That would be the name of a device.
                if let module = call.moduleID, ClientName.isDownstream(module) {
                    return call.answer(ControlError(.notFound, "no module \(module.quoted) here"))
                }
                return act(call, call.moduleID)
            }
            let name = ClientName.downstream(call.names[0])
            guard call.moduleID == nil, device.identity(module: name) != nil else {
                return call.answer(ControlError(.notFound, "no device \(call.names[0].quoted) here: this is \(own.quoted)"))
            }
            act(call, name)
        }
    }
}

extension RouteCall {
    /// Behind a device's id.
    var moduleID: Text? { names.count > 1 ? names[1] : nil }

    /// The twin, its etag in the header as well.
    fileprivate func answer(twin: Result<JSONObject, ControlError>) {
        switch twin {
        case .success(let twin):
            var headers = HTTPHeaders()
            if let etag = twin["etag"]?.string { headers.add("ETag", "\"\(etag)\"") }
            answer(.object(twin), headers: headers)
        case .failure(let error): answer(error)
        }
    }

    fileprivate func change(
        _ apply: (TwinChange, _ ifMatch: Text?, _ done: @escaping (Result<JSONObject, ControlError>) -> Void) -> Void
    ) {
        do throws(ControlError) {
            apply(try TwinChange(parsing: try object(), device: names[0], module: moduleID), try ifMatch()) { answer(twin: $0) }
        } catch {
            answer(error)
        }
    }

    fileprivate func answer(method: Result<MethodAnswer, ControlError>) {
        switch method {
        case .success(let answered): answer(["status": .integer(Int64(answered.status)), "payload": answered.payload])
        case .failure(let error): answer(error)
        }
    }
}
