import JSON
import ModuleLinks
import ModuleTwins

/// One accepted update on its way to disk.
struct TwinChange {
    let slot: TwinSlot
    /// The twin after this update.
    let record: TwinRecord
    /// What the module is told once it is stored.
    let notice: JSONObject?
    let done: ((Result<Twin, HubError>) -> Void)?
}
