public import JSON
public import Messages

extension FullQueueRule: ManifestWord {
    public static var noun: Text { "a rule for full queues" }

    public static var words: [(word: Text, value: FullQueueRule)] {
        [("dropOldest", .dropOldest), ("dropNewest", .dropNewest), ("block", .block), ("refuse", .refuse)]
    }
}

extension Persistence: ManifestWord {
    public static var noun: Text { "a persistence" }

    public static var words: [(word: Text, value: Persistence)] {
        [("memory", .memory), ("disk", .disk)]
    }
}
