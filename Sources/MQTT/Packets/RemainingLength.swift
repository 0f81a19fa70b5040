/// The length that stands in a fixed header: 1 to 4 bytes of 7 bits, the lowest first. (MQTT 3.1.1 section 2.2.3)
enum RemainingLength {
    static let maximum = 268_435_455

    /// How many bytes a length takes.
    static func count(of length: Int) -> Int {
        length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4
    }

    /// Writes it, and gives how many bytes it took.
    static func write(_ length: Int, to memory: UnsafeMutableRawPointer) -> Int {
        precondition(length >= 0 && length <= maximum, "a packet has at most 256 MB")
        var rest = length
        var count = 0
        repeat {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            memory.storeBytes(of: rest > 0 ? byte | 0x80 : byte, toByteOffset: count, as: UInt8.self)
            count += 1
        } while rest > 0
        return count
    }
}
