import JSON

/// What the management socket needs of the device. The product implements it; the routes and their errors are here.
///
/// Everything is called on the loop's thread. A completion is called once, from inside the call or later; when the client has
/// left meanwhile it does nothing. `module: nil` is the device itself.
public protocol DeviceControl: AnyObject {
    /// `{"deviceId":…,"hubHostName":…,"gatewayHostName":…,"version":…,"pid":…}`; the client needs `deviceId` for the routes of
    /// the service API.
    func device() -> JSONObject

    /// Every module of the manifest with the members of `martlet list --json`: name, identity, type, isolation, status, pid,
    /// restartCount, exitCode, image, digest, lastStartTimeUtc; and `description`, the text of that column.
    func modules() -> [JSONObject]

    /// Every identity as IoT Edge's management API shows it: `{"moduleId":…,"managedBy":…,"generationId":…,"authType":…}`.
    func identities() -> [JSONObject]

    /// IoT Edge's SystemInfo: `{"osType":…,"architecture":…,"version":…,…}`.
    func systemInfo() -> JSONObject

    /// Every queue: `{"endpoint":…,"priority":…,"length":…,"bytes":…,"oldestAgeMs":…,"dropped":{"reason":n,…}}`.
    func queues() -> [JSONObject]

    /// Starts, stops or restarts an instance. The result says whether anything was to be done (`false`: 304 at the socket).
    func start(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void)
    func stop(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void)
    func restart(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void)

    /// The whole twin as the service sees it, with `etag`.
    func twin(module: Text?) -> Result<JSONObject, ControlError>

    /// Merges into desired properties and tags. The result is the new twin.
    /// - Parameter ifMatch: the etag that must be the current one; nil: whatever it is.
    func patchTwin(
        module: Text?, change: TwinChange, ifMatch: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void)

    /// Replaces desired properties and tags as a whole. The result is the new twin.
    func replaceTwin(
        module: Text?, change: TwinChange, ifMatch: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void)

    /// Calls a direct method.
    func invoke(module: Text?, call: MethodRequest, done: @escaping (Result<MethodAnswer, ControlError>) -> Void)

    /// Delivers a message to an input, as if a route had. The message has the form of contract section 2: `properties`,
    /// `systemProperties` and one of `body`, `bodyText`, `bodyBase64`; only those members are there. nil is success.
    func send(module: Text, input: Text, message: JSONObject, done: @escaping (ControlError?) -> Void)

    /// Writes a module's log lines into the stream and ends it, or with `follows` leaves it open until it closes.
    /// An error is given before anything is written.
    func logs(module: Text, request: LogRequest, into stream: ResponseStream) -> ControlError?

    /// Writes every message that the filter takes into the stream, as one JSON line each, until it closes.
    func monitor(filter: MonitorFilter, into stream: ResponseStream) -> ControlError?
}
