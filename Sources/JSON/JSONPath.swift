/// The place of a value in a JSON document, for people: `modulesContent.$edgeAgent["properties.desired"].modules.x`.
public struct JSONPath: Sendable, Equatable, CustomStringConvertible {
    private enum Step: Sendable, Equatable {
        case key(Text)
        case index(Int)
    }

    private var steps: [Step] = []

    /// The document itself.
    public static var root: JSONPath { JSONPath() }

    /// The member of an object at this place.
    public func appending(_ key: Text) -> JSONPath {
        var path = self
        path.steps.append(.key(key))
        return path
    }

    /// The element, counted from 0, of an array at this place.
    public func appending(index: Int) -> JSONPath {
        var path = self
        path.steps.append(.index(index))
        return path
    }

    /// Keys that are not plain names stand in brackets; the root is `(document)`.
    public var description: String {
        guard !steps.isEmpty else { return "(document)" }
        var bytes: [UInt8] = []
        for step in steps {
            switch step {
            case .index(let index): bytes.append(contentsOf: "[\(index)]".utf8)
            case .key(let key):
                if JSONPath.isPlain(key) {
                    if !bytes.isEmpty { bytes.append(UInt8(ascii: ".")) }
                    bytes.append(contentsOf: key.utf8)
                } else {
                    bytes.append(UInt8(ascii: "["))
                    JSON.write(key, into: &bytes)
                    bytes.append(UInt8(ascii: "]"))
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Letters, digits, `_`, `$` and `-`, and no digit first.
    private static func isPlain(_ key: Text) -> Bool {
        guard let first = key.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return key.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
