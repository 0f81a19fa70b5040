import CMartlet

extension Host {
    /// Calls a direct method of another module of this device.
    /// - Parameters:
    ///   - payload: JSON text; empty means none.
    ///   - timeout: milliseconds; 0 means 30 s.
    ///   - answer: called once with the answer or what went wrong; not called if this function throws.
    public func invoke(
        _ method: String, of module: String, payload: [UInt8] = [], timeout: UInt32 = 0,
        answer: @escaping (Result<MethodAnswer, HostError>) -> Void
    ) throws(HostError) {
        guard isOpen, let invoke = api.pointee.invoke else { throw .failed }
        guard !module.utf8Bytes.contains(0), !method.utf8Bytes.contains(0) else { throw .argument }
        let pending = remember(.answer(answer))
        let result = payload.withUnsafeBytes { payload in
            module.withCString { module in
                method.withCString { method in
                    invoke(
                        instance, module, method, martlet_bytes(data: payload.baseAddress, size: payload.count), timeout,
                        Pending.answer, Unmanaged.passUnretained(pending).toOpaque())
                }
            }
        }
        try check(result, pending)
    }

    /// A caller that does not wait any longer is no error of the module.
    func answer(_ call: OpaquePointer, status: Int32, json: [UInt8]) {
        guard isOpen, let answer = api.pointee.answer else { return }
        let result = json.withUnsafeBytes {
            answer(instance, call, status, martlet_bytes(data: $0.baseAddress, size: $0.count))
        }
        guard let failure = HostError(failure: result), failure != .notFound else { return }
        log(.warning, "an answer to a method call was refused: \(text(of: failure))")
    }
}
