import JSON

// What does not work without a port, or not with the one that the manifest names.
extension ManifestReader {
    /// Every SDK connects to these, and cannot be told another. (MQTT over TLS, HTTPS)
    private static let sdkPorts = (mqtts: UInt16(8883), https: UInt16(443))

    static func checkPorts(of deployment: Deployment, _ root: ManifestCursor) {
        let listen = deployment.host.listen
        let host = root.path.appending("host")
        if listen.https == nil, deployment.host.sharedAccessPolicy != nil {
            root.findings.add(
                .warning, host.appending("sharedAccessPolicy"),
                "the service API is reached over HTTPS only, and host.listen.https is missing; write \"https\": \"127.0.0.1:443\" there")
        }
        let modules = root.path.appending("modulesContent").appending("$edgeAgent").appending("properties.desired").appending("modules")
        var usesSDK = false
        for module in deployment.modules {
            guard case .executable(_, .edge) = module.kind, !module.image.isEmpty else { continue }
            usesSDK = true
            guard listen.mqtts == nil else { continue }
            root.findings.add(
                .warning, modules.appending(module.name).appending("settings").appending("protocol"),
                "SDKs of Azure IoT speak MQTT, and host.listen.mqtts is missing; write \"mqtts\": \"127.0.0.1:\(sdkPorts.mqtts)\" there")
        }
        if !deployment.device.children.isEmpty {
            usesSDK = true
            if listen.mqtts == nil {
                root.findings.add(
                    .warning, root.path.appending("device").appending("children"),
                    "no device can connect from outside: host.listen.mqtts is missing; write \"mqtts\": \"0.0.0.0:\(sdkPorts.mqtts)\" there"
                )
            }
        }
        guard usesSDK else { return }
        note("mqtts", listen.mqtts, sdkPorts.mqtts, root, host)
        note("https", listen.https, sdkPorts.https, root, host)
    }

    private static func note(_ name: Text, _ address: ListenAddress?, _ port: UInt16, _ root: ManifestCursor, _ host: JSONPath) {
        guard let address, address.port != port else { return }
        root.findings.add(
            .note, host.appending("listen").appending(name),
            "SDKs of Azure IoT connect to port \(port) and cannot be told another; something must lead from there to \(address.port)")
    }
}
