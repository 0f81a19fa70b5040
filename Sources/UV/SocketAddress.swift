import CPOSIX
import CUV

/// Addresses as libuv wants them.
enum SocketAddress {
    /// The kernel's limit: `sun_path` has 108 bytes, one of them the NUL at the end. libuv would cut a longer one silently.
    static let longestUnixPath = 107

    /// - Throws: ENAMETOOLONG past 107 bytes; EINVAL when empty or with a NUL inside.
    static func checkUnixPath(_ path: String) throws(UVError) {
        if path.utf8.count > longestUnixPath { throw .nameTooLong }
        if path.utf8.isEmpty || path.utf8.contains(0) { throw .invalid }
    }

    /// Calls `body` with the address of an IPv4 or IPv6 literal.
    /// - Throws: EINVAL for anything else, host names too; what `body` throws.
    static func with(
        ip: String, port: UInt16, _ body: (UnsafePointer<sockaddr>) -> Int32
    ) throws(UVError) {
        var storage = sockaddr_storage()
        let status: Int32 = withUnsafeMutablePointer(to: &storage) { storage in
            let raw = UnsafeMutableRawPointer(storage)
            let isVersion6 = ip.utf8.contains(UInt8(ascii: ":"))
            let parsed =
                isVersion6
                ? uv_ip6_addr(ip, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
                : uv_ip4_addr(ip, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
            return parsed < 0 ? parsed : body(UnsafePointer(raw.assumingMemoryBound(to: sockaddr.self)))
        }
        try UVError.check(status)
    }

    /// The port a TCP handle is bound to, or 0.
    static func port(of tcp: UnsafeMutablePointer<uv_tcp_t>) -> UInt16 {
        var storage = sockaddr_storage()
        var size = Int32(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            let raw = UnsafeMutableRawPointer(storage)
            guard uv_tcp_getsockname(tcp, raw.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return 0 }
            // IPv4 and IPv6 addresses have the port at the same place, in network order.
            return UInt16(bigEndian: raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port)
        }
    }
}
