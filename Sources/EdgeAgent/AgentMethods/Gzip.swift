/// gzip's format (RFC 1952) around bytes as they are: any reader of it unpacks them.
enum Gzip {
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        // deflate, no flags, no time, an unknown system.
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        file.reserveCapacity(bytes.count + 64)
        var start = 0
        repeat {
            let count = min(bytes.count - start, 0xFFFF)
            file.append(start + count == bytes.count ? 1 : 0)
            append(UInt32(count) | ~UInt32(count) << 16, to: &file)
            file.append(contentsOf: bytes[start..<start + count])
            start += count
        } while start < bytes.count
        append(checksum(bytes), to: &file)
        append(UInt32(truncatingIfNeeded: bytes.count), to: &file)
        return file
    }

    private static func append(_ number: UInt32, to file: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) { file.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }

    /// CRC-32 of gzip, a bit at a time: there is little to do, and a table would be larger.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return ~sum
    }
}
