import CPOSIX
import JSON
import ModuleIdentities

/// Reads a topic or filter from its begin on, in place.
struct TopicReader {
    /// Whose topic it is.
    enum Owner {
        /// `devices/{d}[/modules/{m}]/` of the given identity has been read.
        case own
        /// It begins so, with other ids.
        case other
        /// It does not begin so.
        case none
    }

    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// What is left.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[place...]) }
    var isAtEnd: Bool { place == bytes.count }

    /// Goes behind a text if it stands here.
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - place >= count, let base = bytes.baseAddress, memcmp(base + place, text.utf8Start, count) == 0 else {
            return false
        }
        place += count
        return true
    }

    /// The bytes up to the next slash, which is read too; nil: there is none.
    mutating func level() -> UnsafeRawBufferPointer? {
        guard let slash = bytes[place...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
        defer { place = slash + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<slash])
    }

    /// Reads `devices/{d}/` and, for the identity of a module, `modules/{m}/`.
    mutating func owner(_ identity: ModuleIdentity) -> Owner {
        guard take("devices/") else { return .none }
        guard let device = level() else { return .other }
        guard Self.isSame(device, identity.deviceID) else { return .other }
        guard take("modules/") else { return identity.moduleID == nil ? .own : .other }
        guard let moduleID = identity.moduleID, let module = level(), Self.isSame(module, moduleID) else { return .other }
        return .own
    }

    /// An id as it is, or percent-encoded: of an id with `#` or `+` there is no other way to write it in a topic. SDKs do not encode.
    static func isSame(_ level: UnsafeRawBufferPointer, _ id: Text) -> Bool {
        if id.withBytes({ $0.count == level.count && $0.elementsEqual(level) }) { return true }
        guard level.contains(UInt8(ascii: "%")), let decoded = PercentCoding.decode(level) else { return false }
        return decoded == id
    }
}
