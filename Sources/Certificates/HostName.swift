import CPOSIX
public import JSON
public import TLS

/// What a client calls a server: a host name or an IP address.
public struct HostName {
    /// For a certificate; nil: it is neither.
    public let alternativeName: AlternativeName?

    /// - Parameter text: an address is IPv4 with four numbers or IPv6 without brackets; a name has letters, digits, `-`, `_` and dots, 64
    ///   characters at most, as a common name.
    public init(_ text: Text) {
        if let address = Self.address(text) {
            alternativeName = .ip(address)
        } else {
            alternativeName = Self.isName(text) ? .dns(text.bytes) : nil
        }
    }

    /// The 4 or 16 bytes of an IP address in text form, in network order; nil: it is none.
    public static func address(_ text: Text) -> [UInt8]? {
        let isVersion6 = text.utf8.contains(UInt8(ascii: ":"))
        var address = [UInt8](repeating: 0, count: isVersion6 ? 16 : 4)
        guard !text.utf8.contains(0), inet_pton(isVersion6 ? AF_INET6 : AF_INET, text.string, &address) == 1 else { return nil }
        return address
    }

    private static func isName(_ text: Text) -> Bool {
        var labelLength = 0
        var count = 0
        for byte in text.utf8 {
            count += 1
            switch byte {
            case UInt8(ascii: "."):
                if labelLength == 0 { return false }
                labelLength = 0
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                labelLength += 1
                if labelLength > 63 { return false }
            default: return false
            }
        }
        return labelLength > 0 && count <= 64
    }
}
