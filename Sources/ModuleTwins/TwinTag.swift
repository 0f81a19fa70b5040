/// The first byte of a value in a `TwinTree`. These numbers are on disk: they never change.
enum TwinTag: UInt8 {
    case null = 0
    case `false` = 1
    case `true` = 2
    /// A varint, the sign in the lowest bit (zigzag).
    case integer = 3
    /// Eight bytes, IEEE 754, little end first; finite.
    case number = 4
    /// A length and so many bytes of UTF-8.
    case string = 5
    /// A length and so many bytes of values.
    case array = 6
    /// A length and so many bytes of members.
    case object = 7
}
