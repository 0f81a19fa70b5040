import CPOSIX
import CUV

/// The addresses of this machine's network interfaces.
public enum NetworkAddresses {
    /// Those that are up now, 4 or 16 bytes each in network order, without repetition. Link-local ones of IPv6 are left out: they are
    /// nothing without an interface. Empty where the system does not tell.
    public static func all() -> [[UInt8]] {
        var list: UnsafeMutablePointer<uv_interface_address_t>?
        var count: Int32 = 0
        guard uv_interface_addresses(&list, &count) == 0, let list else { return [] }
        defer { uv_free_interface_addresses(list, count) }
        var addresses: [[UInt8]] = []
        for index in 0..<Int(count) {
            let isVersion6 = Int32(list[index].address.address4.sin_family) == AF_INET6
            let bytes: [UInt8] =
                isVersion6
                ? withUnsafeBytes(of: list[index].address.address6.sin6_addr) { Array($0) }
                : withUnsafeBytes(of: list[index].address.address4.sin_addr) { Array($0) }
            if isVersion6 && bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 { continue }
            if !addresses.contains(bytes) { addresses.append(bytes) }
        }
        return addresses
    }
}
