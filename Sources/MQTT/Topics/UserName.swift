public import JSON
public import ModuleIdentities

/// Who a client says it is, in the user name of CONNECT:
/// `{host}/{device}[/{module}]/?api-version=2021-04-12&DeviceClientType=…`, as the SDKs of Python, C, C# and Node.js write it. (IoT Hub: MQTT
/// support; edgeHub: MqttUsernameParser)
public struct UserName: Equatable, Sendable {
    public let identity: ModuleIdentity
    /// Which interface the client speaks; not empty, and not looked at.
    public let apiVersion: Text
    /// The name of the SDK.
    public let clientType: Text?
    /// The plug-and-play model.
    public let modelID: Text?
    /// The devices through which a client of a nested one comes.
    public let authChain: Text?

    /// `{device}` or `{device}/{module}`: the client id of CONNECT must be this, byte by byte.
    public var clientID: Text {
        if let module = identity.moduleID { "\(identity.deviceID)/\(module)" } else { identity.deviceID }
    }

    /// The host, which is the IoT hub's, does not count. `?` may be missing, as in the SDK of Node.js. Of a parameter that comes twice, the
    /// first one counts.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(UserNameError) {
        var parts = bytes.split(separator: UInt8(ascii: "/"), maxSplits: 8, omittingEmptySubsequences: false)
        // An old SDK of Azure Machine Learning: host/device/module/api-version=…/DeviceClientType=…/…
        if parts.count == 6, parts[3].starts(with: "api-version=".utf8), parts[4].starts(with: "DeviceClientType=".utf8) {
            parts.removeLast(2)
        }
        guard let query = parts.popLast(), parts.count == 2 || parts.count == 3 else { throw Self.shape(bytes) }
        let device = Text(utf8: parts[1])
        let module = parts.count == 3 ? Text(utf8: parts[2]) : nil
        if let problem = IdentifierRules.problem(inDeviceID: device) { throw UserNameError("the user name: \(problem)") }
        if let module, let problem = IdentifierRules.problem(inModuleID: module) { throw UserNameError("the user name: \(problem)") }
        let isMarked = query.first == UInt8(ascii: "?")
        var values = (apiVersion: Text?.none, clientType: Text?.none, modelID: Text?.none, authChain: Text?.none)
        for item in query.dropFirst(isMarked ? 1 : 0).split(separator: UInt8(ascii: "&")) {
            guard let equals = item.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = Self.decode(item[item.index(after: equals)...])
            let name = item[..<equals]
            if name.elementsEqual("api-version".utf8) {
                values.apiVersion = values.apiVersion ?? value
            } else if name.elementsEqual("DeviceClientType".utf8) {
                values.clientType = values.clientType ?? value
            } else if name.elementsEqual("model-id".utf8) {
                values.modelID = values.modelID ?? value
            } else if name.elementsEqual("auth-chain".utf8) {
                values.authChain = values.authChain ?? value
            }
        }
        guard let apiVersion = values.apiVersion else { throw Self.shape(bytes) }
        guard !apiVersion.utf8.allSatisfy({ ASCII.isWhiteSpace($0) }) else {
            throw UserNameError("the user name has an empty api-version; use such as 2021-04-12")
        }
        identity = ModuleIdentity(deviceID: device, moduleID: module)
        self.apiVersion = apiVersion
        (clientType, modelID, authChain) = (values.clientType, values.modelID, values.authChain)
    }

    /// What cannot be decoded stays as it is.
    private static func decode(_ value: Slice<UnsafeRawBufferPointer>) -> Text {
        PercentCoding.decode(value) ?? Text(utf8: value)
    }

    private static func shape(_ bytes: UnsafeRawBufferPointer) -> UserNameError {
        UserNameError(
            "the user name \(Text(utf8: bytes.prefix(256)).quoted) says of no identity; use {host}/{device}[/{module}]/?api-version=2021-04-12"
        )
    }
}
