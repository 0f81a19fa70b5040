import JSON
import MQTT
import ModuleLinks

// Twins and answers to methods.
extension MQTTClient {
    func sendTwin(_ requestID: Text) {
        guard let port else { return }
        respond(200, requestID, JSON.object(port.twin()).bytes())
    }

    /// - Parameters:
    ///   - patch: a view of the packet.
    ///   - requestID: nil: nobody waits for an answer.
    ///   - done: it is stored, or refused with an answer. An error: it is lost without one, though it may be good.
    func report(_ patch: UnsafeRawBufferPointer, _ requestID: Text?, done: @escaping (HubError?) -> Void) {
        let connection = connection
        func end(_ status: Int, _ reason: Text?, version: UInt64? = nil) {
            // The answer is for the connection that asked.
            if self.connection === connection {
                if let reason, requestID == nil { server.say(.ignored, 4, "\(shown): its reported properties are refused: \(reason)") }
                let body: [UInt8] = reason.map { JSON.object(["message": .string($0)]).bytes() } ?? []
                if let requestID { respond(status, requestID, body, version: version) }
            }
            done(nil)
        }
        let value: JSON
        do throws(JSONError) { value = try JSON.parse(patch) } catch {
            return end(400, "the patch is not JSON: \(Text(error.description))")
        }
        guard let object = value.object else { return end(400, "the patch is \(value.shown); it must be an object") }
        port?.report(object) { result in
            switch result {
            case .success(let version): end(204, nil, version: version)
            case .failure(let error):
                if requestID == nil && (error.kind == .storage || error.kind == .full) { return done(error) }
                end(Self.status(of: error), error.reason)
            }
        }
    }

    private static func status(of error: HubError) -> Int {
        switch error.kind {
        case .invalid: 400
        case .notFound: 404
        case .conflict: 412
        case .tooLarge: 413
        case .full: 429
        case .storage: 500
        }
    }

    private func respond(_ status: Int, _ requestID: Text, _ body: [UInt8], version: UInt64? = nil) {
        guard let quality = session.quality(of: .twinResponses) else {
            return server.say(.ignored, 4, "\(shown) asks for its twin, but has not subscribed to $iothub/twin/res/#: it is not answered")
        }
        notify(ServerTopic.twinResponse(status: status, requestID: requestID, version: version), body, quality)
    }

    /// The client answers a method.
    func answered(_ status: Int, _ payload: UnsafeRawBufferPointer, _ requestID: Text) {
        guard let number = Self.number(requestID), let call = calls.removeValue(forKey: number) else { return }
        guard !payload.isEmpty else { return call.end(.answered(status: status, payload: .null)) }
        do throws(JSONError) {
            call.end(.answered(status: status, payload: try JSON.parse(payload)))
        } catch {
            let reason: Text = "the answer of \(shown) to \(call.method) is not JSON: \(Text(error.description))"
            call.end(.answered(status: 400, payload: ["message": .string(reason)]))
        }
    }

    private static func number(_ digits: Text) -> UInt64? {
        guard !digits.isEmpty, digits.utf8.count < 19 else { return nil }
        var number: UInt64 = 0
        for digit in digits.utf8 {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
