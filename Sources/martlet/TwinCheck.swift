import Deployment
import JSON
import ModuleIdentities
import ModuleTwins

/// Tries the desired properties of a manifest on new twins: what no twin takes the cloud would refuse with the whole deployment.
enum TwinCheck {
    /// A fault for each top-level property that breaks a rule of twins, or one for all if together they break a limit.
    static func faults(_ section: DesiredSection) -> [Text] {
        let faults = section.properties.compactMap { fault([$0.key: $0.value]) }
        return faults.isEmpty ? fault(section.properties).map { [$0] } ?? [] : faults
    }

    private static func fault(_ properties: JSONObject) -> Text? {
        var twin = Twin(identity: ModuleIdentity(deviceID: "", moduleID: ""), generation: 0, nowMs: 0)
        do throws(TwinError) {
            _ = try twin.patchDesired(properties, nowMs: 0)
            return nil
        } catch {
            return error.reason
        }
    }
}
