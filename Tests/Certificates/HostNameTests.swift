import Certificates
import TLS
import Testing

@Suite struct HostNameTests {
    @Test func `an address is an address, and what looks like a name is a name`() {
        #expect(HostName("192.168.1.7").alternativeName == .ip([192, 168, 1, 7]))
        #expect(HostName("fe80::1").alternativeName == .ip([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))
        #expect(HostName("gateway-1.local").alternativeName == .dns(Array("gateway-1.local".utf8)))
    }

    @Test(arguments: ["", ".", "a..b", "a b", "a.", "[::1]", "::1%eth0", "ä.local", "a,b", "a:b", "a\u{0}b"])
    func `what nobody can be called is neither`(text: String) {
        #expect(HostName(.init(text)).alternativeName == nil)
    }

    @Test func `a name longer than a common name may be is none`() {
        #expect(HostName(.init(String(repeating: "a", count: 60) + ".abc")).alternativeName != nil)
        #expect(HostName(.init(String(repeating: "a", count: 60) + ".abcd")).alternativeName == nil)
    }
}
