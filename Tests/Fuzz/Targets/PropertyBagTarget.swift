import JSON
import MQTT
import Messages
import ModuleIdentities

extension FuzzTarget {
    /// A property bag: product and model agree whether it is one and what is in it; written, it is read as the same.
    static let propertyBag = FuzzTarget(name: "property-bag") { bytes in
        let model = BagModel(bytes)
        let head: MessageHead
        do throws(PublishError) {
            head = try bytes.withUnsafeBufferPointer { (bytes) throws(PublishError) in
                try PropertyBag.read(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            return model == nil || BagModel.isOver(bytes) ? nil : "refused, and it is a bag: \(error)"
        }
        guard let model else { return "taken, and it is no bag" }
        guard head.output.bytes == model.output else { return "the output is \(head.output)" }
        guard head.properties.map({ [$0.name.bytes, $0.value.bytes] }) == model.properties else { return "other properties" }
        guard head.systemProperties.map({ [$0.name.bytes, $0.value.bytes] }) == model.system else { return "other system properties" }
        let message = Message(
            module: "m", output: head.output, body: [], properties: head.properties, systemProperties: head.systemProperties)
        if let problem = MessageRules.problem(with: message) { return "no message has it: \(problem)" }
        var written: [UInt8] = []
        PropertyBag.write(message, sender: ModuleIdentity(deviceID: "d", moduleID: "m"), to: &written)
        let again = try? written.withUnsafeBytes { try PropertyBag.read($0) }
        guard again?.properties == head.properties, again?.systemProperties == head.systemProperties else {
            return "written, it is another"
        }
        let allowed = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%&=".utf8)
        return written.allSatisfy(allowed.contains) ? nil : "a byte that should be encoded"
    }
}

/// A property bag, read in the slow and plain way.
private struct BagModel {
    var output: [UInt8] = []
    var properties: [[[UInt8]]] = []
    var system: [[[UInt8]]] = []

    private static let names: [String: String] = [
        "$.mid": "messageId", "$.cid": "correlationId", "$.uid": "userId", "$.to": "to", "$.ct": "contentType", "$.ce": "contentEncoding",
        "$.ctime": "creationTime", "$.exp": "expiryTimeUtc", "$.schema": "messageSchema", "$.sub": "component", "iothub-ack": "ack",
    ]
    private static let ignored = ["$.cdid", "$.cmid", "$.ifid", "$.diagid", "$.diagctx", "$.tracestate"]

    /// nil: it is none.
    init?(_ bytes: [UInt8]) {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        if bytes.first == UInt8(ascii: "?") { bytes.removeFirst() }
        if bytes.contains(UInt8(ascii: "/")) { return nil }
        for item in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(Array(parts[0])), let value = Self.decoded(parts.count > 1 ? Array(parts[1]) : []) else {
                return nil
            }
            let text = String(decoding: name, as: UTF8.self)
            let entry = Self.names.first { Array($0.key.utf8) == name }
            if name == Array("$.on".utf8) {
                output = value
            } else if let entry {
                Self.set([Array(entry.value.utf8), value], &system)
            } else if !Self.ignored.contains(where: { Array($0.utf8) == name }) {
                if name.isEmpty || text.utf8.first == UInt8(ascii: "$") { return nil }
                if name.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return nil }
                Self.set([name, value], &properties)
            }
        }
        if Set(properties.map { $0[0].map(Self.small) }).count < properties.count { return nil }
        if output.count > 200 || output.contains(where: { $0 < 0x20 || $0 == 0x7F || Array("/#+".utf8).contains($0) }) { return nil }
    }

    /// It may be one and be over a limit of number or size, of which the model knows nothing.
    static func isOver(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: "&")).count > 256 || bytes.count > 262_144
    }

    private static func set(_ property: [[UInt8]], _ list: inout [[[UInt8]]]) {
        if let index = list.firstIndex(where: { $0[0] == property[0] }) { list[index] = property } else { list.append(property) }
    }

    private static func small(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    private static func decoded(_ bytes: [UInt8]) -> [UInt8]? {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                let digits = bytes[(index + 1)...].prefix(2)
                guard digits.count == 2, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
                    let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                decoded.append(value)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        guard String(validating: decoded, as: UTF8.self) != nil, !decoded.contains(0) else { return nil }
        return decoded
    }
}
