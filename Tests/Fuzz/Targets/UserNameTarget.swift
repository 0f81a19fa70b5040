import JSON
import MQTT
import ModuleIdentities

extension FuzzTarget {
    /// A user name, which is a string of MQTT: of what is taken, the ids are ids, and written in the plainest form it says the same.
    static let userName = FuzzTarget(name: "user-name") { bytes in
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0), let name = try? parse(bytes) else { return nil }
        if let problem = IdentifierRules.problem(inDeviceID: name.identity.deviceID) { return problem.string }
        if let problem = name.identity.moduleID.flatMap({ IdentifierRules.problem(inModuleID: $0) }) { return problem.string }
        let parts = name.clientID.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == (name.identity.moduleID == nil ? 1 : 2) else { return "the client id is \(name.clientID)" }
        for mark in ["?", ""] {
            var text: Text = "h/\(name.clientID)/\(mark)api-version=\(PercentCoding.encode(name.apiVersion))"
            if let type = name.clientType { text = "\(text)&DeviceClientType=\(PercentCoding.encode(type))" }
            if let model = name.modelID { text = "\(text)&model-id=\(PercentCoding.encode(model))" }
            if let chain = name.authChain { text = "\(text)&auth-chain=\(PercentCoding.encode(chain))" }
            guard (try? parse(text.bytes)) == name else { return "\(text) says something else" }
        }
        return nil
    }

    private static func parse(_ bytes: [UInt8]) throws(UserNameError) -> UserName {
        try bytes.withUnsafeBufferPointer { (bytes) throws(UserNameError) in try UserName(parsing: UnsafeRawBufferPointer(bytes)) }
    }
}
