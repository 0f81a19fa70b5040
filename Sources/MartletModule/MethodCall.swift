import CMartlet

/// A direct method call that waits for its answer. One that is dropped without an answer is answered with status 500.
public final class MethodCall {
    public let method: Name
    /// The caller's payload; `null` if there was none.
    public let payload: JSONText
    private let host: Host
    private var call: OpaquePointer?

    init(_ host: Host, _ call: OpaquePointer, method: Name, payload: JSONText) {
        self.host = host
        self.call = call
        self.method = method
        self.payload = payload
    }

    deinit {
        guard call != nil else { return }
        answer(status: 500, json: JSONText(#"{"error":"the module gave no answer"}"#).bytes)
    }

    /// Answers the caller; a second answer is ignored.
    /// - Parameters:
    ///   - status: the module's own, 200 for success by custom.
    ///   - json: JSON text; empty means null.
    public func answer(status: Int32, json: [UInt8] = []) {
        guard let call else { return }
        self.call = nil
        host.answer(call, status: status, json: json)
    }

    /// Answers with status 404 and a payload that names the method.
    public func answerNoSuchMethod() {
        var body = JSONObjectBuilder()
        body.set("error", "no method \(method.text) in this module")
        answer(status: 404, json: body.bytes)
    }
}
