/// One instance of a module: a class with the functions that matter to it.
///
/// All functions are called one at a time, on one thread; return soon. Leave out what is not needed.
public protocol Module: AnyObject {
    /// Begins to work. An error fails the start of the instance, with its reason in the log.
    /// - Parameter twin: `{"desired":{…},"reported":{…}}`, see ``Host/twin()``.
    func start(twin: JSONText) throws(ModuleError)

    /// A message on an input.
    func receive(_ message: IncomingMessage)

    /// Desired properties changed.
    /// - Parameter patch: what changed; members that are null were deleted.
    func desired(_ patch: JSONText, version: UInt64)

    /// A direct method: answer it through `call`, now or later.
    func invoke(_ call: MethodCall)

    /// The instance ends; the last chance to talk to the host. Timers end by themselves.
    func stop()
}

extension Module {
    public func start(twin: JSONText) throws(ModuleError) {}

    public func receive(_ message: IncomingMessage) {}

    public func desired(_ patch: JSONText, version: UInt64) {}

    /// Answers every call with status 404.
    public func invoke(_ call: MethodCall) {
        call.answerNoSuchMethod()
    }

    public func stop() {}
}
