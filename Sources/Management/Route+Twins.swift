import HTTP
import JSON

extension Route {
    /// IoT Hub's service API: twins and direct methods, of the device and of its modules.
    static func twins(_ device: any DeviceControl) -> [Route] {
        let get = twinRoute(device) { call, module in call.answer(twin: device.twin(module: module)) }
        let patch = twinRoute(device) { call, module in
            call.change { change, done in device.patchTwin(module: module, change: change, ifMatch: call.ifMatch, done: done) }
        }
        let put = twinRoute(device) { call, module in
            call.change { change, done in device.replaceTwin(module: module, change: change, ifMatch: call.ifMatch, done: done) }
        }
        let methods = ofThisDevice(device) { call, module in
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
            Route(.post, "/twins/{d}/methods", methods), Route(.post, "/twins/{d}/modules/{m}/methods", methods),
        ]
    }

    private static func twinRoute(_ device: any DeviceControl, _ act: @escaping (RouteCall, Text?) -> Void) -> (RouteCall) -> Void {
        ofThisDevice(device) { call, module in
            var call = call
            call.errorStyle = .service
            act(call, module)
        }
    }

    /// Takes off the device id, which must be ours: module ids are unique within one device only.
    static func ofThisDevice(_ device: any DeviceControl, _ act: @escaping (RouteCall, Text?) -> Void) -> (RouteCall) -> Void {
        { call in
            let own = device.device()["deviceId"]?.string ?? ""
            guard call.names[0] == own else {
                return call.answer(ControlError(.notFound, "no device \(call.names[0].quoted) here: this is \(own.quoted)"))
            }
            act(call, call.names.count > 1 ? call.names[1] : nil)
        }
    }
}

extension RouteCall {
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
        _ apply: (TwinChange, _ done: @escaping (Result<JSONObject, ControlError>) -> Void) -> Void
    ) {
        do throws(ControlError) {
            apply(try TwinChange(parsing: try object())) { answer(twin: $0) }
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
