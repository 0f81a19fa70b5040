import JSON
import ModuleLinks
import ModuleTwins

/// What is to be told once an update of a twin is on disk.
struct TwinChange {
    let slot: TwinSlot
    /// To the module.
    let notice: (patch: JSONObject, version: UInt64)?
    /// To who made the update: the twin as it is then.
    let done: ((Result<Twin, HubError>) -> Void)?
}
