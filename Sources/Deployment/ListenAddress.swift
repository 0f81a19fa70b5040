public import JSON

/// An IP address and a port: `127.0.0.1:8883`, `[::1]:8883`.
public struct ListenAddress: Sendable, Equatable {
    /// IPv4 in dotted form, or IPv6 without brackets.
    public var host: Text
    public var port: UInt16

    public init(host: Text, port: UInt16) {
        self.host = host
        self.port = port
    }
}

extension ListenAddress {
    /// Of `127.0.0.1:8883` or `[::1]:8883`; nil for anything else. Names are not looked up. IPv6 is checked only for its characters.
    public init?(_ text: Text) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")), let port = Self.number(bytes[(colon + 1)...], max: 65535), port > 0 else {
            return nil
        }
        var host = bytes[..<colon]
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
            host = host.dropFirst().dropLast()
            guard host.contains(UInt8(ascii: ":")), host.count <= 45, host.allSatisfy(Self.isIPv6) else { return nil }
        } else {
            let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 4, parts.allSatisfy({ Self.number($0, max: 255) != nil }) else { return nil }
        }
        self.init(host: Text(utf8: host), port: UInt16(port))
    }

    /// Decimal digits without a leading zero.
    private static func number(_ digits: ArraySlice<UInt8>, max: Int) -> Int? {
        guard !digits.isEmpty, digits.count <= 5, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number <= max ? number : nil
    }

    private static func isIPv6(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
