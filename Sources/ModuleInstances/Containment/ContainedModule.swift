import JSON
import UV

/// A module whose calls are to be marked, on whatever thread it is about to run.
struct ContainedModule: Sendable {
    let containment: Containment
    let name: Text
    /// The name of its image's file, for people.
    let file: Text
    /// Of its image; empty where nobody asks for it.
    let digest: Text

    /// For the calls into its instance. On the thread on which that runs.
    func calls(_ loop: Loop) -> ModuleCalls {
        containment.calls(of: self, loop)
    }
}
