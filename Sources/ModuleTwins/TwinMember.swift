/// Where the parts of one member of a `TwinTree` are, as offsets from the first byte of the tree.
struct TwinMember {
    /// From the length of the key to the end of the value.
    let whole: Range<Int>
    let key: Range<Int>
    let stamp: TwinStamp
    let value: TwinValue
}
