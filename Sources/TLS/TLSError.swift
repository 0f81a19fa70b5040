/// What is wrong with a key, a certificate or a TLS connection.
public struct TLSError: Error, Sendable {
    /// What came and what would be right; without secrets.
    public let message: String
    /// The alert that the other side is to be told (RFC 5246, 7.2), where none was sent yet.
    let alert: UInt8?

    /// An error with a text of the caller.
    public init(_ message: String) {
        self.init(message, alert: nil)
    }

    init(_ message: String, alert: UInt8?) {
        self.message = message
        self.alert = alert
    }

    /// mbedTLS's number as it is written in its headers: `mbedTLS -0x7900`.
    static func mbedTLS(_ what: String, _ code: Int32) -> TLSError {
        TLSError("\(what): mbedTLS -0x\(hexadecimal(code.magnitude))")
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        var digits: [UInt8] = []
        for shift in [UInt32(12), 8, 4, 0] {
            let digit = UInt8(number >> shift & 15)
            digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
