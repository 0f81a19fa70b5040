import CPOSIX
import Deployment
import JSON
import ModuleIdentities

/// The environment of a module's process. (contract section 5)
enum ModuleEnvironment {
    /// By this variable a process is known as one of this host, even if it left its group.
    static let marker = "MARTLET_INSTANCE"
    private static let inherited = ["PATH", "HOME", "LANG", "TZ"]

    /// `NAME=value`, each name once; the manifest's own variables win over all but the marker.
    static func variables(
        _ module: ModuleSpecification, identity: ModuleIdentity, generationID: Text, place: HostPlace, marker: Text
    ) -> [String] {
        var variables: [(name: Text, value: Text)] = []
        for name in inherited {
            if let value = getenv(name) { variables.append((Text(name), Text(String(cString: value)))) }
        }
        variables += [
            ("IOTEDGE_DEVICEID", identity.deviceID),
            ("IOTEDGE_MODULEID", module.name),
            ("IOTEDGE_MODULEGENERATIONID", generationID),
            ("IOTEDGE_IOTHUBHOSTNAME", place.hubHostName),
            ("IOTEDGE_GATEWAYHOSTNAME", place.gatewayHostName),
            ("IOTEDGE_WORKLOADURI", "unix://\(Text(place.workloadSocket(of: module.name)))"),
            ("IOTEDGE_APIVERSION", "2022-08-03"),
            ("IOTEDGE_AUTHSCHEME", "sasToken"),
        ]
        for variable in module.environment {
            variables.removeAll { $0.name == variable.name }
            variables.append((variable.name, variable.value))
        }
        variables.removeAll { $0.name == Text(Self.marker) }
        variables.append((Text(Self.marker), marker))
        return variables.map { "\($0.name)=\($0.value)" }
    }
}
