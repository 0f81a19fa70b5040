/// A part of a condition that has been read.
struct ConditionOperand {
    let type: ConditionType
    /// Bytes of the route.
    let range: Range<Int>
    /// A name of a property and nothing else.
    var isProperty = false
}
