/// Where the parts of one member of a `TwinTree` are, as offsets from the first byte of the tree.
struct TwinMember {
    /// Where it begins, with the length of the key.
    let start: Int
    let key: Range<Int>
    let stamp: TwinStamp
    /// Where the value begins, with its tag.
    let valueStart: Int
    let value: TwinValue
}
