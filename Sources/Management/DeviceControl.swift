import JSON

/// What the management socket needs of the device. The product implements it; the routes and their errors are here.
///
/// Everything is called on the loop's thread. A completion is called once, from inside the call or later; when the client has
/// left meanwhile it does nothing. `module: nil` is the device itself; where a twin, an identity or methods are asked for it is any
/// `ClientName`, that of a downstream device too.
public protocol DeviceControl: AnyObject {
    /// `{"deviceId":…,"hubHostName":…,"gatewayHostName":…,"version":…,"pid":…}`; the client needs `deviceId` for the routes of
    /// the service API.
    func device() -> JSONObject

    /// The certificates, as PEM text, that clients of the device must trust.
    func trustBundle() -> Result<Text, ControlError>

    /// Every module of the manifest with the members of `martlet list --json`: name, identity, type, isolation, status, pid,
    /// restartCount, exitCode, image, digest, lastStartTimeUtc; and `description`, the text of that column.
    func modules() -> [JSONObject]

    /// Every module identity of this device, those of modules that are in no manifest as well, in the order of their ids.
    func identities() -> [RegisteredIdentity]

    /// The device's own identity, then those of downstream devices, of such that are in no manifest as well, in the order of their ids.
    func devices() -> [RegisteredIdentity]

    /// One identity; nil: there is none. `module: nil` is the device's.
    func identity(module: Text?) -> RegisteredIdentity?

    /// Makes an identity with its twin. `.conflict` where there is one. The result is as it is on disk.
    /// - Parameter module: an id by IoT Hub's rules.
    func createIdentity(
        module: Text, change: IdentityChange, done: @escaping (Result<RegisteredIdentity, ControlError>) -> Void)

    /// Changes an identity; its generation id and twin stay.
    /// - Parameter ifMatch: the etag that must be the current one; `*`: whatever it is.
    func updateIdentity(
        module: Text, change: IdentityChange, ifMatch: Text, done: @escaping (Result<RegisteredIdentity, ControlError>) -> Void)

    /// Deletes an identity with its keys and twin. A module of the manifest gets a new one at once, and its instance restarts.
    /// - Parameters:
    ///   - ifMatch: the etag that must be the current one; nil or `*`: whatever it is.
    ///   - done: nil is success.
    func deleteIdentity(module: Text, ifMatch: Text?, done: @escaping (ControlError?) -> Void)

    /// IoT Edge's SystemInfo: `{"osType":…,"architecture":…,"version":…,…}`.
    func systemInfo() -> JSONObject

    /// Every queue:
    /// `{"endpoint":…,"priority":…,"persistence":…,"length":…,"bytes":…,"oldestAgeMs":…,"delivered":n,"dropped":{"reason":n,…}}`.
    func queues() -> [JSONObject]

    /// What every module has sent since the host runs: `{"module":…,"received":n,"dropped":{"no_route":n}}`; of a device it says `device` in
    /// the place of `module`.
    func traffic() -> [JSONObject]

    /// Starts, stops or restarts an instance. The result says whether anything was to be done (`false`: 304 at the socket).
    func start(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void)
    func stop(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void)
    func restart(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void)

    /// The whole twin as the service sees it, with `etag`.
    func twin(module: Text?) -> Result<JSONObject, ControlError>

    /// The reported properties that no cloud has taken yet, as one patch:
    /// `{"patch":{…},"version":n,"isCloudKnown":…,"refused":[{"time":…,"version":n,"reason":…,"patch":{…}}]}`.
    func pendingReport(module: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void)

    /// Merges into desired properties and tags. The result is the new twin.
    /// - Parameter ifMatch: the etag that must be the current one; nil or `*`: whatever it is.
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

    /// Sends a message from the cloud, in the same form, to a device. nil: it is on disk and waits for the device.
    /// - Parameter device: a `ClientName`.
    func send(device: Text, message: JSONObject, done: @escaping (ControlError?) -> Void)

    /// Writes a module's log lines into the stream and ends it, or with `follows` leaves it open until it closes.
    /// An error is given before anything is written.
    func logs(module: Text, request: LogRequest, into stream: ResponseStream) -> ControlError?

    /// Writes every message that the filter takes into the stream, as one JSON line each, until it closes.
    func monitor(filter: MonitorFilter, into stream: ResponseStream) -> ControlError?
}
