import Foundation
import TLS
import TestSupport
import Testing
import Transport
import UV

/// Clients of other makers: OpenSSL's command and Python's ssl.
@Suite struct TransportTests {
    @Test(arguments: [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-CCM",
        "ECDHE-ECDSA-AES256-CCM",
    ])
    func `bytes go there and back with every cipher that is offered`(cipher: String) throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            print(s.version(), s.cipher()[0])
            for n in [1, 100, 16384, 16385, 300000]:
                b = bytes(i * 7 % 251 for i in range(n))
                s.sendall(b)
                assert get(n) == b, n
            s.unwrap()
            """, setting: "c.set_ciphers('\(cipher)')")
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output == "TLSv1.2 \(cipher)\n")
        #expect(echo.ends.count == 1 && echo.ends[0] == nil, "\(echo.ends)")
        #expect(echo.acceptor.handshakes == 1)
    }
}
