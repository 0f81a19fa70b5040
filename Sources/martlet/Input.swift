import CPOSIX
import JSON

/// What a command takes from standard input.
enum Input {
    /// Bytes that are read at most: what a request to the host may hold.
    static let limit = 1 << 20

    /// The bytes of an argument: its own, or for `-` those of standard input up to its end.
    static func bytes(of argument: String) throws(CommandFailure) -> [UInt8] {
        Text(argument) == "-" ? try all() : Array(argument.utf8)
    }

    /// Standard input line by line, as they come, without their line breaks; nil: one is longer than `limit`.
    static func lines(_ take: ([UInt8]?) throws(CommandFailure) -> Void) throws(CommandFailure) {
        var line: [UInt8] = []
        var isTooLong = false
        func end() throws(CommandFailure) {
            try take(isTooLong ? nil : line)
            line = []
            isTooLong = false
        }
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try next(&buffer)
            if count == 0 { break }
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") {
                    try end()
                } else if line.count < limit {
                    line.append(byte)
                } else {
                    isTooLong = true
                }
            }
        }
        if !line.isEmpty { try end() }
    }

    private static func all() throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try next(&buffer)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limit { throw .invalid("standard input is larger than \(limit) bytes") }
        }
    }

    /// Waits for more of standard input. 0: it has ended.
    private static func next(_ buffer: inout [UInt8]) throws(CommandFailure) -> Int {
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count >= 0 { return count }
            if martlet_errno() != EINTR { throw .failed("standard input: \(SystemError.text(martlet_errno()))") }
        }
    }
}
