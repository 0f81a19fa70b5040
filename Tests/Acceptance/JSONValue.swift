import Foundation

/// JSON as the tests read it: what is not there is nil.
struct JSONValue {
    let raw: Any?

    init(_ raw: Any?) {
        self.raw = raw is NSNull ? nil : raw
        isNull = raw is NSNull
    }

    init(parsing text: String) throws {
        self.init(try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed]))
    }

    /// A null that is written there.
    let isNull: Bool

    subscript(key: String) -> JSONValue { JSONValue((raw as? [String: Any])?[key]) }
    subscript(index: Int) -> JSONValue { array.indices.contains(index) ? array[index] : JSONValue(nil) }

    var string: String? { raw as? String }
    var int: Int? { (raw as? NSNumber)?.intValue }
    var double: Double? { (raw as? NSNumber)?.doubleValue }
    var bool: Bool? { raw as? Bool }
    var array: [JSONValue] { (raw as? [Any])?.map { JSONValue($0) } ?? [] }
    var keys: Set<String> { Set((raw as? [String: Any])?.keys.map { $0 } ?? []) }

    /// Compact text, keys sorted.
    var text: String {
        let value = raw ?? NSNull()
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: value, options: options) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
