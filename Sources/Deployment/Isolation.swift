public import JSON

/// Where the code of a library runs.
public enum Isolation: ManifestWord {
    /// On the host's event loop, a call per message.
    case loop
    /// On a thread of its own in the host.
    case thread
    /// In a child process of its own: a crash stays there.
    case process

    public static var noun: Text { "an isolation" }

    public static var words: [(word: Text, value: Isolation)] {
        [("loop", .loop), ("thread", .thread), ("process", .process)]
    }
}
