public import JSON

/// The manifest's `type` of a module.
public enum ModuleType: ManifestWord {
    case library
    case executable
    case functions

    public static var noun: Text { "a module type" }

    public static var words: [(word: Text, value: ModuleType)] {
        [("library", .library), ("executable", .executable), ("functions", .functions)]
    }
}
