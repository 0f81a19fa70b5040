import Foundation
import TestSupport

/// Addresses of this machine's own network, 127.0.0.0/8. SDKs come to fixed ports, so each test has an address to itself.
enum Loopback {
    /// An address with nobody at the ports of MQTT and HTTPS.
    static func address() throws -> String {
        for _ in 0..<100 {
            let address = "127.\(Int.random(in: 1...254)).\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
            if isFree(address, 8883) && isFree(address, 443) { return address }
        }
        throw Late("no loopback address where the ports 8883 and 443 can be had: is this root?")
    }

    private static func isFree(_ address: String, _ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &place.sin_addr)
        return withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }
}
