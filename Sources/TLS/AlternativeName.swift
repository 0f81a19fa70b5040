/// A name by which clients may call a server: an entry of a certificate's subjectAltName.
public enum AlternativeName: Equatable, Sendable {
    /// A host name, ASCII.
    case dns([UInt8])
    /// An address: 4 or 16 bytes, in network order.
    case ip([UInt8])

    /// GeneralName (RFC 5280, 4.2.1.6).
    var der: [UInt8] {
        switch self {
        case .dns(let name): DER.value(0x82, name)
        case .ip(let address): DER.value(0x87, address)
        }
    }
}
