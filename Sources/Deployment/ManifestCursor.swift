import JSON

/// A value of the manifest with its place. Reads it as what it should be, or says at that place what is wrong and returns nil.
final class ManifestCursor {
    let value: JSON
    let path: JSONPath
    let findings: Findings

    init(value: JSON, path: JSONPath, findings: Findings) {
        self.value = value
        self.path = path
        self.findings = findings
    }

    @inline(never)
    func error(_ message: Text) { findings.add(.error, path, message) }
    @inline(never)
    func warn(_ message: Text) { findings.add(.warning, path, message) }
    @inline(never)
    func note(_ message: Text) { findings.add(.note, path, message) }

    /// Any object, whatever its members.
    func object() -> ManifestObject? {
        guard let object = value.object else { return wrong("an object") }
        return ManifestObject(object, path: path, findings: findings)
    }

    /// An object that has no members but these; `noun` is what it is called.
    @inline(never)
    func object(_ noun: Text, only names: [Text]) -> ManifestObject? {
        guard let object = object() else { return nil }
        object.refuseUnknown(noun, names)
        return object
    }

    func array(max: Int) -> [ManifestCursor]? {
        guard let array = value.array else { return wrong("an array") }
        guard array.count <= max else {
            error("the array has \(array.count) elements; at most \(max) are allowed")
            return nil
        }
        return array.enumerated().map { ManifestCursor(value: $1, path: path.appending(index: $0), findings: findings) }
    }

    /// A string without NUL, which would end it in C.
    func text() -> Text? {
        guard let text = value.string else { return wrong("a string") }
        for byte in text.utf8 where byte == 0 {
            error("\(text.quoted) holds the character \\u0000; remove it")
            return nil
        }
        return text
    }

    /// As `text()`, not empty.
    func nonEmptyText() -> Text? {
        guard let text = text() else { return nil }
        guard !text.isEmpty else {
            error("the string is empty; it needs a value")
            return nil
        }
        return text
    }

    /// A text that a rule finds nothing wrong with.
    func text(_ problem: (Text) -> Text?) -> Text? {
        guard let text = text() else { return nil }
        if let problem = problem(text) {
            error(problem)
            return nil
        }
        return text
    }

    func boolean() -> Bool? {
        guard let boolean = value.bool else { return wrong("true or false") }
        return boolean
    }

    func integer(_ range: ClosedRange<Int64>) -> Int64? {
        guard let integer = value.integer else { return wrong("a whole number from \(range.lowerBound) to \(range.upperBound)") }
        guard range.contains(integer) else {
            error("\(integer) is out of range; use a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    func word<Word: ManifestWord>(_ type: Word.Type = Word.self) -> Word? {
        index(Word.noun, Word.words.map { $0.word }).map { Word.words[$0].value }
    }

    /// Which of some words it is. Apart from `word`, which exists for each type of word anew.
    @inline(never)
    func index(_ noun: Text, _ words: [Text]) -> Int? {
        let choices = words.listed(last: "or")
        guard let text = value.string else { return wrong("\(noun); use \(choices)") }
        guard let index = words.firstIndex(of: text) else {
            error("\(text.quoted) is not \(noun); use \(choices)")
            return nil
        }
        return index
    }

    /// Of another type than expected.
    func wrong<Value>(_ expected: Text) -> Value? {
        error("\(value.shown) is not \(expected)")
        return nil
    }
}
