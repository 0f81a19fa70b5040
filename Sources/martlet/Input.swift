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

    private static func all() throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if martlet_errno() == EINTR { continue }
                throw .failed("standard input: \(SystemError.text(martlet_errno()))")
            }
            bytes += buffer[..<count]
            if bytes.count > limit { throw .invalid("standard input is larger than \(limit) bytes") }
        }
    }
}
