/// Bytes as text; nil: they are not in that encoding. Little endian, unless a byte order mark says otherwise, which is no part of it.
public struct EncodedText {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var utf8: String? { String(validating: bytes, as: UTF8.self) }

    public var utf16: String? {
        guard bytes.count % 2 == 0 else { return nil }
        var units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
        if units.first == 0xFFFE { units = units.map(\.byteSwapped) }
        if units.first == 0xFEFF { units.removeFirst() }
        return String(validating: units, as: UTF16.self)
    }

    public var utf32: String? {
        guard bytes.count % 4 == 0 else { return nil }
        var units = stride(from: 0, to: bytes.count, by: 4).map { at in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
        if units.first == 0xFFFE_0000 { units = units.map(\.byteSwapped) }
        if units.first == 0xFEFF { units.removeFirst() }
        return String(validating: units, as: UTF32.self)
    }
}
