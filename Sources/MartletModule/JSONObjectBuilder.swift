/// Writes one JSON object, member by member, for the body of a message or a patch of reported properties.
///
/// ```swift
/// var body = JSONObjectBuilder()
/// body.set("celsius", 21.37, decimals: 1)
/// body.object("memory") { $0.set("freeKB", 1024) }
/// try host.send(to: "readings", json: body.bytes)
/// ```
///
/// Names are not checked for doubles.
public struct JSONObjectBuilder: Sendable {
    /// Without the closing brace.
    private var open: [UInt8] = [UInt8(ascii: "{")]

    public init() {}

    /// The whole object.
    public var bytes: [UInt8] { open + [UInt8(ascii: "}")] }

    /// A string; what JSON cannot hold as it is gets escaped.
    public mutating func set(_ name: String, _ value: String) {
        begin(name)
        JSONWriter.append(value, to: &open)
    }

    /// `true` or `false`.
    public mutating func set(_ name: String, _ value: Bool) {
        begin(name)
        open += (value ? "true" : "false").utf8Bytes
    }

    /// A whole number; one that does not fit an `Int64` becomes its nearest.
    public mutating func set(_ name: String, _ value: some BinaryInteger) {
        begin(name)
        open += Int64(clamping: value).description.utf8Bytes
    }

    /// A number with a fixed count of decimals, rounded half away from zero; what no JSON number can say (not a number,
    /// infinity) or what has more than 18 digits becomes null.
    public mutating func set(_ name: String, _ value: Double, decimals: Int) {
        begin(name)
        JSONWriter.append(value, decimals: decimals, to: &open)
    }

    /// A value that is JSON text already; it is not checked.
    public mutating func set(_ name: String, json: [UInt8]) {
        begin(name)
        open.append(contentsOf: json)
    }

    /// `null`, which deletes in a patch.
    public mutating func setNull(_ name: String) {
        begin(name)
        open += "null".utf8Bytes
    }

    /// An object inside, with the members that `fill` sets.
    public mutating func object(_ name: String, _ fill: (inout JSONObjectBuilder) -> Void) {
        var inner = JSONObjectBuilder()
        fill(&inner)
        set(name, json: inner.bytes)
    }

    private mutating func begin(_ name: String) {
        if open.count > 1 { open.append(UInt8(ascii: ",")) }
        JSONWriter.append(name, to: &open)
        open.append(UInt8(ascii: ":"))
    }
}
