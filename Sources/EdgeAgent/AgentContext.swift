import Deployment
import JSON
import ModuleInstances
import ModuleLinks
import UV

/// What every supervisor shares.
final class AgentContext {
    let loop: Loop
    let deviceID: Text
    let hub: any ModuleHub
    let launcher: InstanceLauncher
    let memory: ModuleMemory
    let log: (Int32, Text) -> Void
    var settings: RestartSettings
    /// `host.quarantine`
    var isQuarantineOn = true

    init(
        loop: Loop, deviceID: Text, hub: any ModuleHub, launcher: InstanceLauncher, memory: ModuleMemory,
        settings: RestartSettings, log: @escaping (Int32, Text) -> Void
    ) {
        self.loop = loop
        self.deviceID = deviceID
        self.hub = hub
        self.launcher = launcher
        self.memory = memory
        self.settings = settings
        self.log = log
    }
}
