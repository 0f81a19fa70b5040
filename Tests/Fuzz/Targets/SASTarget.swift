import JSON
import ModuleIdentities
import TLS

extension FuzzTarget {
    /// Shared access signatures and connection strings: any text is read or refused; what is made is good; a flipped bit is refused.
    static let sas = FuzzTarget(name: "sas") { bytes in
        let text = Text(utf8: bytes)
        readAndCheck(text)
        readAndCheck("SharedAccessSignature \(text)")
        return faultOfConnectionString(text) ?? faultOfMadeToken(bytes)
    }

    private static let identity = ModuleIdentity(deviceID: "dev1", moduleID: "mod.1")
    private static let keys = SymmetricKeys(primary: [UInt8](repeating: UInt8(ascii: "k"), count: 32), secondary: [1])
    private static let allBytes = Array(UInt8.min...UInt8.max)
    /// What ids are made of.
    private static let legal = allBytes.filter { IdentifierRules.problem(inDeviceID: Text(utf8: [$0])) == nil }

    /// Whatever comes of it.
    private static func readAndCheck(_ text: Text) {
        guard let token = try? SharedAccessSignature(parsing: text) else { return }
        for now in [nil, 0, 1_795_405_000, Int64.max] as [Int64?] {
            try? token.check(for: identity, hosts: ["myhub.azure-devices.net", "gateway"], keys: keys, now: now)
        }
    }

    private static func faultOfConnectionString(_ text: Text) -> String? {
        guard let string = try? ConnectionString(parsing: text) else { return nil }
        if let again = try? ConnectionString(parsing: string.text), again == string { return nil }
        return "what was printed is not read again"
    }

    private static func faultOfMadeToken(_ bytes: [UInt8]) -> String? {
        var input = FuzzInput(bytes)
        let isModule = input.byte() & 1 == 1
        let isSecondary = input.byte() & 1 == 1
        let bit = input.number(below: 1 << 20)
        let expiry = Int64(input.number(below: 1 << 32))
        let identity = ModuleIdentity(
            deviceID: Text(utf8: input.bytes(of: legal, limit: 128)),
            moduleID: isModule ? Text(utf8: input.bytes(of: legal, limit: 128)) : nil)
        let keys = SymmetricKeys(primary: input.bytes(of: allBytes, limit: 80), secondary: input.bytes(of: allBytes, limit: 80))
        let token = SharedAccessSignature.make(
            resource: "h.net\(identity.path)", key: isSecondary ? keys.secondary : keys.primary, expiry: expiry)
        func fault(_ token: Text) -> String? {
            do throws(SASError) {
                try SharedAccessSignature(parsing: token).check(for: identity, hosts: ["h.net"], keys: keys, now: expiry + 300)
                return nil
            } catch {
                return error.reason.string
            }
        }
        if let reason = fault(token) { return "the token \(token) was made and is refused: \(reason)" }
        let flipped = flipping(bit, in: token)
        return fault(flipped) == nil ? "the token \(flipped) is taken, and \(token) was made" : nil
    }

    /// With one bit of the signature, the resource or the expiry changed.
    private static func flipping(_ bit: Int, in token: Text) -> Text {
        var bytes = token.bytes
        let fields = bytes.split(separator: UInt8(ascii: "&"))
        let values = fields.map { ($0.firstIndex(of: UInt8(ascii: "=")) ?? 0) + 1..<$0.endIndex }
        if bit & 1 == 0 {
            let code = PercentCoding.decode(bytes[values[1]]).flatMap(Base64.decode) ?? []
            var other = code
            other[bit >> 4 & 31] ^= 1 << UInt8(bit >> 1 & 7)
            bytes.replaceSubrange(values[1], with: PercentCoding.encode(Base64.encode(other)).bytes)
        } else {
            let value = values[bit & 2]
            bytes[value.lowerBound + (bit >> 5) % value.count] ^= 1 << UInt8(bit >> 2 & 7)
        }
        return Text(utf8: bytes)
    }
}
