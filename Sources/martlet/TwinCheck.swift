import Deployment
import JSON
import ModuleIdentities
import ModuleTwins

/// Tries the desired properties of a manifest on new twins: what no twin takes the cloud would refuse with the whole deployment.
enum TwinCheck {
    /// An error for each module whose desired properties break a rule or limit of twins; the first that they break.
    static func findings(_ deployment: Deployment) -> [Finding] {
        deployment.desired.compactMap { section in
            let identity = ModuleIdentity(deviceID: deployment.device.id, moduleID: section.module)
            var twin = Twin(identity: identity, generationID: "", now: "")
            do throws(TwinError) {
                _ = try twin.patchDesired(section.properties, now: "")
                return nil
            } catch {
                let place = JSONPath.root.appending("modulesContent").appending(section.module).appending("properties.desired")
                return Finding(.error, .path(place), error.reason)
            }
        }
    }
}
