import CMartlet

extension Host {
    /// Sends JSON to an output.
    /// - Parameters:
    ///   - json: JSON text, for example of a ``JSONObjectBuilder``.
    ///   - done: called once the message is accepted (stored, on a durable route), with nil or what went wrong; not called if
    ///     this function throws.
    public func send(
        to output: String, json: [UInt8], properties: Properties = [:], done: ((HostError?) -> Void)? = nil
    ) throws(HostError) {
        try send(to: output, body: json, properties: properties, systemProperties: .json, done: done)
    }

    /// Sends any bytes to an output; as the other `send`.
    public func send(
        to output: String, body: [UInt8], properties: Properties = [:], systemProperties: Properties,
        done: ((HostError?) -> Void)? = nil
    ) throws(HostError) {
        guard isOpen, let send = api.pointee.send else { throw .failed }
        let strings = try CStrings(output, properties, systemProperties)
        let pending = done.map { done in remember(.done { code, _ in done(HostError(failure: code)) }) }
        let context = pending.map { Unmanaged.passUnretained($0).toOpaque() }
        let result = body.withUnsafeBytes { body in
            strings.withPointers { name, pairs in
                var message = martlet_message()
                message.size = MemoryLayout<martlet_message>.size
                message.name = name
                message.body = martlet_bytes(data: body.baseAddress, size: body.count)
                message.properties = pairs.baseAddress
                message.property_count = properties.pairs.count
                message.system_properties = pairs.baseAddress.map { $0 + properties.pairs.count }
                message.system_property_count = systemProperties.pairs.count
                return send(instance, &message, pending == nil ? nil : Pending.done, context)
            }
        }
        try check(result, pending)
    }

    /// Throws what a function of the host returned; an outcome that will not come is not waited for.
    func check(_ result: Int32, _ pending: Pending?) throws(HostError) {
        guard let failure = HostError(failure: result) else { return }
        if let pending { forget(pending) }
        throw failure
    }
}
