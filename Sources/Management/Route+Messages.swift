import HTTP
import JSON
import ModuleIdentities

extension Route {
    /// Our own: delivering a message to an input, and watching messages go by.
    static func messages(_ device: any DeviceControl) -> [Route] {
        [
            Route(.post, "/modules/{m}/inputs/{i}/messages") { call in
                do throws(ControlError) {
                    let message = try message(parsing: try call.object())
                    device.send(module: call.names[0], input: call.names[1], message: message) { error in
                        if let error { call.answer(error) } else { call.responder.send(HTTPResponse(204)) }
                    }
                } catch {
                    call.answer(error)
                }
            },
            Route(
                .post, "/devices/{d}/messages/devicebound",
                ofThisDevice(device, .edge) { call, name in
                    do throws(ControlError) {
                        device.send(device: name ?? ClientName.device, message: try message(parsing: try call.object())) { error in
                            if let error { call.answer(error) } else { call.responder.send(HTTPResponse(204)) }
                        }
                    } catch {
                        call.answer(error)
                    }
                }),
            Route(.get, "/messages") { call in
                let target = call.request.target
                let output = target.query("output")
                var sender = target.query("module")
                if let id = target.query("device") {
                    if sender != nil { return call.answer(ControlError(.invalid, "module and device: one of them is expected")) }
                    sender = id == device.device()["deviceId"]?.string ? ClientName.device : ClientName.downstream(id)
                }
                guard sender != nil || output == nil else {
                    return call.answer(ControlError(.invalid, "output without module: module=NAME&output=OUTPUT is expected"))
                }
                let source = sender.map { MonitorFilter.Source(module: $0, output: output) }
                let stream = LaterStream(call, contentType: "application/x-ndjson")
                if let error = device.monitor(filter: MonitorFilter(source: source), into: stream.body) {
                    stream.refuse(error)
                } else {
                    stream.begin()
                }
            },
        ]
    }

    /// A message of contract section 2. `module` or `device`, and `output` of a monitored one, sent on, do not count: the operator sends it.
    private static func message(parsing body: JSONObject) throws(ControlError) -> JSONObject {
        var message = JSONObject()
        var bodies = 0
        for member in body {
            switch member.key {
            case "module", "device", "output": continue
            case "properties", "systemProperties": try checkProperties(member)
            case "body": bodies += 1
            case "bodyText", "bodyBase64":
                guard member.value.string != nil else { throw ControlError(.invalid, "\(member.key) is not a string") }
                bodies += 1
            default:
                throw ControlError(
                    .invalid,
                    """
                    a message has no member \(member.key.quoted): properties, systemProperties and one of body, bodyText, bodyBase64 \
                    are expected
                    """)
            }
            message[member.key] = member.value
        }
        guard bodies == 1 else {
            throw ControlError(.invalid, "the message has \(bodies) bodies: exactly one of body, bodyText, bodyBase64 is expected")
        }
        return message
    }

    private static func checkProperties(_ member: JSONObject.Member) throws(ControlError) {
        guard let properties = member.value.object else { throw ControlError(.invalid, "\(member.key) is not a JSON object") }
        for property in properties where property.value.string == nil {
            throw ControlError(.invalid, "\(member.key).\(property.key) is \(property.value.text): a string is expected")
        }
    }
}
