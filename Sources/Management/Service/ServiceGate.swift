import HTTP
import JSON
import ModuleIdentities

/// Who comes in over HTTPS, and how far: an identity may call direct methods, the policy everything.
struct ServiceGate {
    private let access: any ServiceAccess
    private let device: any DeviceControl

    init(_ access: any ServiceAccess, _ device: any DeviceControl) {
        self.access = access
        self.device = device
    }

    /// - Throws: 401 without a token that is good for what is asked, 400 where a caller does not say which identity it is.
    func admit(_ request: HTTPRequest) throws(ServiceRefusal) {
        let isMethod = request.method == .post && request.path.last == "methods"
        let key: Text = isMethod ? "message" : "Message"
        guard let header = request.headers["Authorization"] else {
            throw ServiceRefusal(status: 401, message: "there is no Authorization: a SharedAccessSignature is expected", key: key)
        }
        let token: SharedAccessSignature
        do throws(SASError) {
            token = try SharedAccessSignature(parsing: header)
        } catch {
            throw ServiceRefusal(status: 401, message: "Authorization: \(error.reason)", key: key)
        }
        let fault: SASError?
        if token.policy != nil {
            fault = access.authorize(token, path: request.path)
        } else {
            guard isMethod else {
                throw ServiceRefusal(
                    status: 401, message: "the service API takes tokens of a policy only, named as skn; see host.sharedAccessPolicy",
                    key: key)
            }
            let caller = try self.caller(request)
            // A downstream device is a sensor somewhere on the network, and `$edgeAgent` has methods too. (edgeHub)
            guard caller.deviceID == device.device()["deviceId"]?.string else {
                throw ServiceRefusal(
                    status: 401, message: "\(caller.path) may not call methods here: only identities of this device may", key: key)
            }
            fault = access.authorize(header, as: caller)
        }
        if let fault { throw ServiceRefusal(status: 401, message: "Authorization: \(fault.reason)", key: key) }
    }

    /// `device/module`, or `device` alone for one that has no modules. (edgeHub)
    private func caller(_ request: HTTPRequest) throws(ServiceRefusal) -> ModuleIdentity {
        let name: Text = "x-ms-edge-moduleId"
        guard let value = request.headers[name] else {
            throw ServiceRefusal(status: 400, message: "there is no \(name): the caller's device/module is expected", key: "message")
        }
        let bytes = value.utf8
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let device = Text(utf8: bytes[..<(slash ?? bytes.endIndex)])
        let module = slash.map { Text(utf8: bytes[bytes.index(after: $0)...]) }
        let problem = IdentifierRules.problem(inDeviceID: device) ?? module.flatMap(IdentifierRules.problem(inModuleID:))
        guard problem == nil else {
            throw ServiceRefusal(status: 400, message: "\(name) is \(value.quoted): device/module is expected", key: "message")
        }
        return ModuleIdentity(deviceID: device, moduleID: module)
    }
}
