import Certificates
import Deployment
import JSON
import ModuleIdentities
import TLS
import Transport
import UV

/// The device's certificates: its authority, what its ports prove themselves with, and what modules ask for. All is made when it is first
/// needed.
final class DeviceCertificates {
    /// Each costs a board some 50 ms of the loop; a module that asks for more gets 429. No module takes those of all others.
    private static let mostIssued = 30
    private static let mostIssuedToOne = 10
    private static let issuedWithinMs: UInt64 = 60_000
    /// How long the addresses of the machine are remembered: handshakes ask for them.
    private static let addressesForMs: UInt64 = 10_000
    /// 90 days, as IoT Edge's.
    private static let lifeSeconds: Int64 = 90 * 86_400

    private let loop: Loop
    private let stateDirectory: Text
    private let gatewayHostName: Text
    /// Where the ports with TLS listen.
    var listened: [ListenAddress] = [] { didSet { addressesMs = nil } }
    private var authority: DeviceCA?
    private var tls: TLSAcceptor?
    private var addresses: [[UInt8]] = []
    private var addressesMs: UInt64?
    private var issued: [(module: Text, ms: UInt64)] = []

    init(_ loop: Loop, stateDirectory: String, gatewayHostName: Text) {
        self.loop = loop
        self.stateDirectory = Text(stateDirectory)
        self.gatewayHostName = gatewayHostName
    }

    /// Whom clients must trust.
    func deviceCA() throws(CertificateError) -> DeviceCA {
        if let authority { return authority }
        let loaded = try DeviceCA.load(directory: stateDirectory)
        authority = loaded
        return loaded
    }

    /// Makes the handshakes of all ports with TLS.
    func acceptor() throws(CertificateError) -> TLSAcceptor {
        if let tls { return tls }
        let identity = try ServerIdentity(
            try deviceCA(), hostName: gatewayHostName, addresses: { [unowned(unsafe) self] in presentAddresses() },
            nowMs: { WallClock.nowMs })
        let made = TLSAcceptor(loop, TLSServer { identity.current })
        tls = made
        return made
    }

    /// Those that the ports listen on; of `0.0.0.0` and `::` all that the machine has.
    private func presentAddresses() -> [[UInt8]] {
        let now = Loop.monotonicMs
        if let addressesMs, now - addressesMs < Self.addressesForMs { return addresses }
        addresses = []
        for address in listened {
            guard let bytes = HostName.address(address.host) else { continue }
            let found = bytes.contains { $0 != 0 } ? [bytes] : NetworkAddresses.all()
            for one in found where !addresses.contains(one) { addresses.append(one) }
        }
        addressesMs = now
        return addresses
    }

    /// The end of the time of a certificate of a module, in seconds since 1970.
    var moduleEnd: Int64 {
        let now = WallClock.nowMs
        return now >= PlausibleClock.sinceMs ? now / 1000 + Self.lifeSeconds : CertificateContent.noEnd
    }

    /// Whether a module may have another certificate now.
    func mayIssue(to module: Text) -> Bool {
        let now = Loop.monotonicMs
        issued.removeAll { now - $0.ms >= Self.issuedWithinMs }
        guard issued.count < Self.mostIssued, issued.count(where: { $0.module == module }) < Self.mostIssuedToOne else { return false }
        issued.append((module: module, ms: now))
        return true
    }
}
