public import JSON

/// What changes from one deployment to the next, so that only what is affected is touched. Desired properties are not in it: the
/// hub compares them with what the manifest said when they were applied last, which survives a restart.
public struct DeploymentDifference: Sendable, Equatable {
    /// Every module of either deployment: first those of the new one in its order, then the removed.
    public var modules: [ModuleChange]
    /// Routes or the time to live of their messages differ.
    public var routesChanged: Bool
    /// Restart settings differ; they can be applied to a running host.
    public var restartSettingsChanged: Bool
    /// Quarantine or watchdog settings differ; they can be applied to a running host.
    public var containmentChanged: Bool
    /// Downstream devices came or went, or have another key; a running host heeds it.
    public var childrenChanged: Bool
    /// The address of the metrics port differs; a running host can move it.
    public var metricsChanged: Bool
    /// The address of the MQTT port differs; a running host can move it.
    public var mqttsChanged: Bool
    /// The address of the HTTPS port differs; a running host can move it.
    public var httpsChanged: Bool
    /// Who may use the service API differs; a running host heeds it.
    public var policyChanged: Bool
    /// Paths of the settings that differ and take effect only when the host starts again: `device.id`, `host.stateDirectory`.
    public var needsHostRestart: [Text]

    public init(from old: Deployment, to new: Deployment) {
        let (before, after) = (old.places, new.places)
        modules = new.modules.map { module in
            ModuleChange(name: module.name, kind: .init(from: before[module.name].map { old.modules[$0] }, to: module))
        }
        for module in old.modules where after[module.name] == nil {
            modules.append(ModuleChange(name: module.name, kind: .removed))
        }
        routesChanged = old.routes != new.routes || old.timeToLiveSecs != new.timeToLiveSecs
        restartSettingsChanged = old.host.restart != new.host.restart
        containmentChanged = old.host.quarantine != new.host.quarantine || old.host.watchdog != new.host.watchdog
        childrenChanged = old.device.children != new.device.children
        metricsChanged = old.host.listen.metrics != new.host.listen.metrics
        mqttsChanged = old.host.listen.mqtts != new.host.listen.mqtts
        httpsChanged = old.host.listen.https != new.host.listen.https
        policyChanged = old.host.sharedAccessPolicy != new.host.sharedAccessPolicy
        needsHostRestart = Self.fixedSettings(from: old, to: new)
    }

    /// Nothing to do.
    public var isEmpty: Bool {
        !routesChanged && !restartSettingsChanged && !containmentChanged && !childrenChanged && !metricsChanged && !mqttsChanged
            && !httpsChanged && !policyChanged && needsHostRestart.isEmpty && modules.allSatisfy { $0.kind == .unchanged }
    }

    private static func fixedSettings(from old: Deployment, to new: Deployment) -> [Text] {
        var paths: [Text] = []
        if old.device.id != new.device.id { paths.append("device.id") }
        if old.device.hubHostName != new.device.hubHostName { paths.append("device.hubHostName") }
        if old.device.gatewayHostName != new.device.gatewayHostName { paths.append("device.gatewayHostName") }
        if old.device.connection != new.device.connection { paths.append("device.connectionString") }
        if old.host.modulesDirectory != new.host.modulesDirectory { paths.append("host.modulesDirectory") }
        if old.host.stateDirectory != new.host.stateDirectory { paths.append("host.stateDirectory") }
        if old.host.runtimeDirectory != new.host.runtimeDirectory { paths.append("host.runtimeDirectory") }
        if old.host.limits != new.host.limits { paths.append("host.limits") }
        if old.host.imageSigning != new.host.imageSigning { paths.append("host.imageSigning") }
        return paths
    }
}
