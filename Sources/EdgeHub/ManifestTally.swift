import JSON
import ModuleLinks

/// How much of a manifest is on disk.
final class ManifestTally {
    /// `EdgeHub.manifestNumber` of it.
    let number: UInt64
    /// Updates that have not ended, and the making of them.
    var remaining = 1
    var errors: [(module: Text, error: HubError)] = []
    private let done: ([(module: Text, error: HubError)]) -> Void

    init(_ number: UInt64, _ done: @escaping ([(module: Text, error: HubError)]) -> Void) {
        self.number = number
        self.done = done
    }

    func settle(_ module: Text, _ error: HubError?) {
        if let error { errors.append((module: module, error: error)) }
        remaining -= 1
        if remaining == 0 { done(errors) }
    }
}
