/// Where a value of a `TwinTree` is.
struct TwinValue {
    let tag: TwinTag
    /// Behind the tag, and behind the length where there is one; as offsets from the first byte of the tree.
    let payload: Range<Int>
}
