/// How IoT Hub counts what a twin holds.
enum TwinSize {
    /// A string without control characters (C0 and C1), in bytes of UTF-8.
    @inline(never)
    static func string(_ bytes: UnsafeRawBufferPointer) -> Int {
        var size = bytes.count
        var previous: UInt8 = 0
        for byte in bytes {
            // U+0000 to U+001F is one byte; U+0080 to U+009F is 0xC2 and the scalar itself.
            if byte < 0x20 { size -= 1 }
            if previous == 0xC2, byte < 0xA0 { size -= 2 }
            previous = byte
        }
        return size
    }
}
