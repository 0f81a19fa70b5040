public import JSON

/// What the manifest wants of an instance.
public enum DesiredStatus: ManifestWord {
    case running
    case stopped

    public static var noun: Text { "a status" }

    public static var words: [(word: Text, value: DesiredStatus)] {
        [("running", .running), ("stopped", .stopped)]
    }
}
