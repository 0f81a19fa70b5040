import CMartlet

extension Host {
    /// The twin as it is now: `{"desired":{…,"$version":n},"reported":{…,"$version":n}}`.
    public func twin() -> JSONText {
        guard isOpen, let twin = api.pointee.twin else { return JSONText("{}") }
        return JSONText([UInt8](twin(instance)))
    }

    /// Merges a JSON object into the reported properties; null deletes.
    /// - Parameter done: called once it is stored, with the new version of the reported properties or what went wrong; not
    ///   called if this function throws.
    public func report(_ patch: [UInt8], done: ((Result<UInt64, HostError>) -> Void)? = nil) throws(HostError) {
        guard isOpen, let report = api.pointee.report else { throw .failed }
        let pending = done.map { done in
            remember(.done { code, version in done(HostError(failure: code).map { .failure($0) } ?? .success(version)) })
        }
        let context = pending.map { Unmanaged.passUnretained($0).toOpaque() }
        let result = patch.withUnsafeBytes { patch in
            report(instance, martlet_bytes(data: patch.baseAddress, size: patch.count), pending == nil ? nil : Pending.done, context)
        }
        try check(result, pending)
    }
}
