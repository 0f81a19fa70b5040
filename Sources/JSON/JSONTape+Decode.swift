extension JSONTape {
    /// Reads a text in UTF-16: little endian, or as its byte order mark says. See `read(_:)`; also false: it is not UTF-16.
    public func read(utf16 bytes: UnsafeRawBufferPointer) -> Bool {
        count = 0
        // A code unit needs at most three bytes of UTF-8.
        guard bytes.count % 2 == 0, bytes.count <= JSONTape.maximumBytes, reserve(bytes: bytes.count / 2 * 3) else { return false }
        let isBig = bytes.count >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF
        let isMarked = isBig || bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE
        func unit(_ at: Int) -> UInt32 {
            let unit = bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)
            return UInt32(isBig ? UInt16(bigEndian: unit) : UInt16(littleEndian: unit))
        }
        var end = 0
        var at = isMarked ? 2 : 0
        while at < bytes.count {
            var scalar = unit(at)
            at += 2
            if scalar & 0xF800 == 0xD800 {
                guard scalar < 0xDC00, at < bytes.count, unit(at) & 0xFC00 == 0xDC00 else { return false }
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(at) & 0x3FF
                at += 2
            }
            append(scalar, &end)
        }
        return readText(end)
    }

    /// Reads a text in UTF-32: little endian, or as its byte order mark says. See `read(_:)`; also false: it is not UTF-32.
    public func read(utf32 bytes: UnsafeRawBufferPointer) -> Bool {
        count = 0
        guard bytes.count % 4 == 0, reserve(bytes: bytes.count) else { return false }
        func unit(_ at: Int) -> UInt32 { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
        let isBig = bytes.count >= 4 && unit(0) == 0xFFFE_0000
        let isMarked = isBig || bytes.count >= 4 && unit(0) == 0xFEFF
        var end = 0
        var at = isMarked ? 4 : 0
        while at < bytes.count {
            let scalar = isBig ? unit(at).byteSwapped : unit(at)
            guard scalar <= 0x10FFFF, scalar & 0xFFFF_F800 != 0xD800 else { return false }
            at += 4
            append(scalar, &end)
        }
        return readText(end)
    }
}
