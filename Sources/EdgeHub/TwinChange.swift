import JSON
import ModuleLinks

/// What is to be told once an update of an identity or its twin is on disk.
struct TwinChange {
    let slot: TwinSlot
    /// To the module.
    let notice: (patch: JSONObject, version: UInt64)?
    /// What was reported and is to become a message; nil: nothing.
    var reported: JSONObject?
    /// To who made the update.
    let done: ((HubError?) -> Void)?
}
