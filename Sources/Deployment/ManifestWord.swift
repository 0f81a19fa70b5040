public import JSON

/// A choice of the manifest, written as one of a few words.
public protocol ManifestWord: Sendable, Equatable {
    /// What the choice is called in messages: "a restart policy".
    static var noun: Text { get }
    /// All choices with their words, in the order in which messages list them.
    static var words: [(word: Text, value: Self)] { get }
}

extension ManifestWord {
    /// The choice of a word, compared by code units.
    public init?(word: Text) {
        for choice in Self.words where choice.word == word {
            self = choice.value
            return
        }
        return nil
    }

    /// The word of this choice.
    public var word: Text {
        for choice in Self.words where choice.value == self { return choice.word }
        return ""
    }
}
