public import JSON

/// When an instance that ended is started again. (IoT Edge's policies; contract section 1 for exit 0)
public enum RestartPolicy: ManifestWord {
    case never
    case onFailure
    case onUnhealthy
    case always

    public static var noun: Text { "a restart policy" }

    public static var words: [(word: Text, value: RestartPolicy)] {
        [("never", .never), ("on-failure", .onFailure), ("on-unhealthy", .onUnhealthy), ("always", .always)]
    }
}
