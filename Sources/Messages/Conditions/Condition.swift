public import JSON

/// What stands behind WHERE in a route, checked and compiled: which messages of the source go this way.
///
/// IoT Edge's language with its static types (a property is always a string), its three-valued logic (what is missing is undefined)
/// and its functions; where it differs stands in the article `Routes`. Equal where the text is.
public struct Condition: Sendable {
    /// As it is written, without what stands around it.
    public let text: Text
    let program: ConditionProgram

    init(text: Text, program: ConditionProgram) {
        self.text = text
        self.program = program
    }

    /// Whether the message that the subject stands for is wanted: the result is `true`, not false, null, undefined, a text or a number.
    ///
    /// It neither fails nor blocks; cost and memory are bounded, see `ConditionLimits`.
    public func matches(_ subject: ConditionSubject) -> Bool {
        subject.run(program)
    }
}

extension Condition: Equatable {
    public static func == (left: Condition, right: Condition) -> Bool { left.text == right.text }
}
