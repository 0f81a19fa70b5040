public import JSON

/// A page of numbers in Prometheus's text format 0.0.4, built family by family.
///
/// Each series carries the labels of the whole page. What has no series is left out; a page holds a bounded number of them.
public struct MetricsText {
    /// How a number goes on.
    public enum Kind: Sendable {
        /// It never falls, but to 0 with a new start.
        case counter
        case gauge
    }

    /// A name and a value; an empty value is left out, which is the same to Prometheus.
    public typealias Label = (name: StaticString, value: Text)

    /// No page has more series; what is more is counted in `martlet_metrics_left_out`.
    public static let mostSeries = 20_000

    private var bytes: [UInt8] = []
    private let common: [UInt8]
    private var family: (name: StaticString, kind: Kind, help: StaticString) = ("", .gauge, "")
    private var isBegun = false
    private var series = 0
    private var leftOut: UInt64 = 0

    /// - Parameter labels: of every series.
    public init(labels: [Label]) {
        var common: [UInt8] = []
        for label in labels { Self.append(label, to: &common) }
        self.common = common
    }

    /// The series that follow belong to this name. A family comes once.
    public mutating func begin(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        family = (name, kind, help)
        isBegun = false
    }

    /// One series of the family that was begun.
    public mutating func add(_ value: UInt64, _ labels: [Label] = []) {
        guard beginSeries(labels) else { return }
        append(value)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Likewise, in seconds.
    public mutating func add(ms: UInt64, _ labels: [Label] = []) {
        guard beginSeries(labels) else { return }
        append(ms / 1000)
        bytes.append(UInt8(ascii: "."))
        let rest = ms % 1000
        for digit in [rest / 100, rest / 10 % 10, rest % 10] { bytes.append(UInt8(ascii: "0") + UInt8(digit)) }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The page.
    public mutating func finish() -> [UInt8] {
        series = 0
        begin("martlet_metrics_left_out", .gauge, "Series that this page has no room for.")
        add(leftOut)
        return bytes
    }

    @inline(never)
    private mutating func beginSeries(_ labels: [Label]) -> Bool {
        guard series < Self.mostSeries else {
            leftOut += 1
            return false
        }
        series += 1
        if !isBegun {
            isBegun = true
            append("# HELP ", family.name, " ", family.help, "\n# TYPE ", family.name, family.kind == .counter ? " counter\n" : " gauge\n")
        }
        append(family.name)
        var inside = common
        for label in labels { Self.append(label, to: &inside) }
        if !inside.isEmpty {
            inside[inside.startIndex] = UInt8(ascii: "{")
            bytes += inside
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        return true
    }

    private mutating func append(_ parts: StaticString...) {
        for part in parts { bytes += UnsafeBufferPointer(start: part.utf8Start, count: part.utf8CodeUnitCount) }
    }

    private mutating func append(_ number: UInt64) {
        bytes += Text("\(number)").utf8
    }

    /// With a comma before it.
    private static func append(_ label: Label, to bytes: inout [UInt8]) {
        if label.value.isEmpty { return }
        bytes.append(UInt8(ascii: ","))
        bytes += UnsafeBufferPointer(start: label.name.utf8Start, count: label.name.utf8CodeUnitCount)
        bytes.append(UInt8(ascii: "="))
        bytes.append(UInt8(ascii: "\""))
        for byte in label.value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
