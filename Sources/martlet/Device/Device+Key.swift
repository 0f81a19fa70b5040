import Deployment
import EdgeHub
import JSON
import ModuleIdentities
import ModuleLinks

extension Device {
    /// The key from which those of the identities are derived: that of the connection string where the manifest has one with a key, else
    /// the one in the state folder, which is made if it is not there. Nobody else may use the folder.
    static func key(of deployment: Deployment, _ log: Log) throws(StartError) -> DeviceKey {
        if case .key(let secret)? = deployment.device.connection?.credential { return DeviceKey(secret: secret, isFromCloud: true) }
        do throws(HubError) {
            return try DeviceKeyFile.load(directory: deployment.host.stateDirectory) { log.write($0.syslog, $1) }
        } catch {
            throw StartError(error.reason.string)
        }
    }
}
