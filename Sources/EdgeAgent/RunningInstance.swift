import ModuleImages
import ModuleInstances
import ModuleLinks

/// An instance that was started, with what belongs to it.
struct RunningInstance {
    let instance: any ModuleInstance
    let image: PreparedImage
    /// nil: it connects itself.
    let port: (any HubPort)?
    let startedNs: UInt64
    let startedMs: UInt64
    var isReady = false
    /// How it does not return from a call, or did not, in a process of its own; nil: it did always.
    var blocked: BlockedCall?

    var digest: ImageDigest { image.digest }
}
