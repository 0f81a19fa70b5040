public import JSON
public import TLS

/// The certificate of this host's TLS servers. It is looked at before each handshake, needs no timer, and its key is never stored.
///
/// Its names: `gatewayHostName`, as DNS name or IP address; with `localhost` also 127.0.0.1 and ::1, and the other way round; the addresses
/// that the servers listen on. It is valid from 1970, for boards without a clock; until 90 days from now, or without end as long as the
/// clock is not plausible. A new one is made at 80 % of its life, when the clock became plausible or jumped out of its life, and when
/// there is an address that it does not name. Open connections stay.
public final class ServerIdentity {
    /// Seconds since 1970 of the start of 2020: an earlier clock was not told the time yet.
    private static let plausibleSeconds: Int64 = 1_577_836_800
    private static let lifeSeconds: Int64 = 90 * 86400
    private static let renewalSeconds = lifeSeconds / 5 * 4
    /// Addresses in one certificate: a host has few; one with hundreds still has a certificate of some 2 KB.
    private static let mostAddresses = 64

    private let ca: DeviceCA
    private let hostName: Text
    private let addresses: () -> [[UInt8]]
    private let nowMs: () -> Int64

    private var identity: TLSIdentity?
    private var names: [AlternativeName] = []
    private var listened: [[UInt8]] = []
    /// When the present one was made by a plausible clock; nil: by another.
    private var madeSeconds: Int64?

    /// How many certificates it has made.
    public private(set) var renewals = 0

    /// - Parameters:
    ///   - hostName: `gatewayHostName` of the manifest.
    ///   - addresses: on which the servers listen now, 4 or 16 bytes each in network order; for `0.0.0.0` and `::` those of all interfaces
    ///     (`NetworkAddresses.all()`). Is asked before each handshake, so it should remember them for a while.
    ///   - nowMs: milliseconds since 1970, as of `WallClock`.
    /// - Throws: where the host name is none.
    public init(
        _ ca: DeviceCA, hostName: Text, addresses: @escaping () -> [[UInt8]], nowMs: @escaping () -> Int64
    ) throws(CertificateError) {
        self.ca = ca
        self.hostName = hostName
        self.addresses = addresses
        self.nowMs = nowMs
        identity = try make(nowMs() / 1000, addresses())
    }

    /// What to prove oneself with now. Where no new certificate can be made the last one is used on.
    public var current: TLSIdentity {
        let now = nowMs() / 1000
        let present = addresses()
        if isDue(now, present) {
            do throws(CertificateError) {
                identity = try make(now, present)
            } catch {
                // For want of memory. The next handshake tries again.
            }
        }
        guard let identity else { preconditionFailure("init makes one or throws") }
        return identity
    }

    private func isDue(_ now: Int64, _ present: [[UInt8]]) -> Bool {
        if present.prefix(Self.mostAddresses).contains(where: { !listened.contains($0) }) { return true }
        guard now >= Self.plausibleSeconds else { return false }
        guard let madeSeconds else { return true }
        // Also where the clock was far ahead and was set back.
        return now - madeSeconds >= Self.renewalSeconds || now < madeSeconds - Self.renewalSeconds
    }

    private func make(_ now: Int64, _ present: [[UInt8]]) throws(CertificateError) -> TLSIdentity {
        let names = try alternativeNames(present)
        let isPlausible = now >= Self.plausibleSeconds
        let issued = try ca.issue(
            CertificateContent(
                commonName: hostName.string, alternativeNames: names, purpose: .server,
                notAfter: isPlausible ? now + Self.lifeSeconds : CertificateContent.noEnd))
        listened = Array(present.prefix(Self.mostAddresses))
        madeSeconds = isPlausible ? now : nil
        renewals += 1
        return TLSIdentity(certificate: issued.certificate, key: issued.key)
    }

    private func alternativeNames(_ present: [[UInt8]]) throws(CertificateError) -> [AlternativeName] {
        guard let name = HostName(hostName).alternativeName else {
            throw CertificateError(
                "gatewayHostName \(hostName.quoted) is neither a host name nor an IP address: clients connect to it, and the certificate must name it"
            )
        }
        var names = [name]
        func add(_ name: AlternativeName) {
            if !names.contains(name) { names.append(name) }
        }
        let loopback: [AlternativeName] = [
            .dns(Array("localhost".utf8)), .ip([127, 0, 0, 1]), .ip([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ]
        if loopback.contains(name) { for other in loopback { add(other) } }
        for address in present.prefix(Self.mostAddresses) { add(.ip(address)) }
        return names
    }
}
