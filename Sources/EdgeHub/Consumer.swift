import JSON
import ModuleLinks

/// A module as a receiver, whether an instance of it runs or not.
final class Consumer {
    let module: Text
    /// Its inputs, as far as something was sent to them.
    var endpoints: [Endpoint] = []
    /// nil: no instance runs.
    var link: (any ModuleLink)?
    var port: ModulePort?
    /// False after `deliver` returned false, until `takesMore`.
    var takes = true
    /// Endpoints that had more when the instance stopped taking.
    var blocked: [Endpoint] = []
    /// What it has sent.
    let traffic = ModuleTraffic()
    /// What its instance was given of queues on disk and has not taken yet.
    var outbox = Outbox()
    /// The outbox is full, and there is more for it.
    var isHeldUp = false
    /// The deployment holds this module.
    var isDeployed = false

    init(module: Text) {
        self.module = module
    }
}
