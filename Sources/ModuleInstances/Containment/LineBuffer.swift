import CPOSIX

/// Builds one line of text in memory that is there already: for signal handlers, and for the watchdog, whose process may hang in the
/// allocator. What does not fit is left out.
struct LineBuffer {
    private let start: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0

    /// - Parameter capacity: bytes at `start`.
    init(_ start: UnsafeMutablePointer<UInt8>, capacity: Int) {
        self.start = start
        self.capacity = capacity
    }

    @inline(never) mutating func append(byte: UInt8) {
        guard count < capacity else { return }
        start[count] = byte
        count += 1
    }

    @inline(never) mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inline(never) mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
        for index in 0..<length { append(byte: bytes[index]) }
    }

    /// A string of C, up to 200 bytes of it, in ASCII.
    mutating func append(cString: UnsafePointer<CChar>) {
        for index in 0..<200 {
            let byte = UInt8(bitPattern: cString[index])
            if byte == 0 { return }
            append(byte: byte > 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?"))
        }
    }

    /// In digits, with at least so many of them.
    @inline(never) mutating func append(_ number: UInt64, base: UInt64 = 10, digits: Int = 1) {
        if number >= base || digits > 1 { append(number / base, base: base, digits: digits - 1) }
        let digit = UInt8(number % base)
        append(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    /// `0x7f00`
    @inline(never) mutating func append(address: UInt) {
        append("0x")
        append(UInt64(address), base: 16)
    }

    /// `3.2 s`
    @inline(never) mutating func append(ms: UInt64) {
        append(ms / 1000)
        append(".")
        append(ms % 1000 / 100)
        append(" s")
    }

    /// Room for text that somebody else writes; nil where it does not fit.
    mutating func room(_ length: Int) -> UnsafeMutablePointer<UInt8>? {
        guard count + length <= capacity else { return nil }
        defer { count += length }
        return start + count
    }

    /// Writes the line, with its end.
    mutating func write(to descriptor: Int32) {
        end()
        _ = CPOSIX.write(descriptor, start, count)
    }

    /// Writes the line, with its end, over what is at the beginning of a file.
    mutating func write(over descriptor: Int32) {
        end()
        pwrite(descriptor, start, count, 0)
    }

    private mutating func end() {
        if count == capacity { count -= 1 }
        append(byte: UInt8(ascii: "\n"))
    }
}
