import HTTP
import JSON

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
            Route(.get, "/messages") { call in
                let target = call.request.target
                let output = target.query("output")
                guard target.query("module") != nil || output == nil else {
                    return call.answer(ControlError(.invalid, "output without module: module=NAME&output=OUTPUT is expected"))
                }
                let source = target.query("module").map { MonitorFilter.Source(module: $0, output: output) }
                let stream = LaterStream(call, contentType: "application/x-ndjson")
                if let error = device.monitor(filter: MonitorFilter(source: source), into: stream.body) {
                    stream.refuse(error)
                } else {
                    stream.begin()
                }
            },
        ]
    }

    /// A message of contract section 2. `module` and `output` of a monitored one, sent on, do not count: the operator sends it.
    private static func message(parsing body: JSONObject) throws(ControlError) -> JSONObject {
        var message = JSONObject()
        var bodies = 0
        for member in body {
            switch member.key {
            case "module", "output": continue
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
