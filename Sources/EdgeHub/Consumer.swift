import JSON
import ModuleLinks

/// A module, or another client, as a receiver, whether an instance of it is here or not.
final class Consumer {
    /// A `ClientName`.
    let module: Text
    /// Its inputs, as far as something was sent to them.
    var endpoints: [Endpoint] = []
    /// nil: no instance runs.
    var link: (any ModuleLink)?
    var port: ModulePort?
    /// False after `deliver` returned false, until `takesMore`.
    var takes = true
    /// `ModuleLink.acknowledges` of the last link.
    var acknowledges = false
    /// `ModuleLink.takesMethods`, while there is a link.
    var takesMethods = false
    /// Endpoints that had more when the instance stopped taking.
    var blocked: [Endpoint] = []
    /// What it has sent.
    let traffic = ModuleTraffic()
    /// What its instance was given with a receipt and has not taken yet.
    var outbox: Outbox
    /// The outbox is full, and there is more for it.
    var isHeldUp = false
    /// The deployment holds this module.
    var isDeployed = false

    /// - Parameter number: of no other consumer there was, so that no receipt is given a second time.
    init(module: Text, number: UInt64) {
        self.module = module
        outbox = Outbox(firstReceipt: number << 40 | 1)
    }
}
