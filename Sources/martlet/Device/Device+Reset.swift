import EdgeHub
import JSON
import ModuleLinks

extension Device {
    /// Gives the state that is there another name, so that the device begins anew; of the keys only one that is damaged. Nobody else may
    /// use the folder.
    static func setStateAside(_ directory: Text, _ log: Log) throws(StartError) {
        do throws(HubError) {
            if let name = try DeviceKeyFile.setDamagedAside(directory: directory) {
                log.warning("the damaged key is set aside as \(name); the device makes a new one")
            }
            if let name = try StateStore.setAside(directory: directory) {
                log.warning("the state is set aside as \(name); the device begins anew")
            }
        } catch {
            throw StartError(error.reason.string)
        }
    }
}
