import Foundation
import TestSupport
import Testing

/// What one module of `CourierSource` wrote down, and whether it may be so.
final class DeliveryLedger {
    /// What came from one sender.
    struct Flow {
        /// Each number once, in the order in which it first came.
        var numbers: [Int] = []
        /// How often a number came that had come before.
        var repeated = 0
        /// The last one in the life of the receiver that is now.
        fileprivate var lastOfLife = 0
    }

    private(set) var sent = 0
    private(set) var acknowledged: [Int] = []
    /// With the reason.
    private(set) var refused: [(number: Int, reason: String)] = []
    private(set) var flows: [String: Flow] = [:]
    private(set) var lives = 0
    private let path: String
    private let name: String
    private var offset: UInt64 = 0
    private var wasKilled = false
    private var mayRepeat = false

    init(_ path: String) {
        self.path = path
        name = URL(fileURLWithPath: path).lastPathComponent
    }

    /// Bytes of the file: what grows while the module works.
    var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The host was killed: once the module lives again, it may get again what it had.
    func killed() { wasKilled = true }

    /// Reads on, and holds what it finds against the rules: what comes from one sender is in its order; only after a kill something comes
    /// again, and then from there on in order too.
    func read() throws {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        let text = [UInt8](try file.readToEnd() ?? Data())
        guard let end = text.lastIndex(of: UInt8(ascii: "\n")) else { return }
        offset += UInt64(end + 1)
        for line in text[...end].split(separator: UInt8(ascii: "\n")) { take(line) }
    }

    private func take(_ line: ArraySlice<UInt8>) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        switch line.first {
        case UInt8(ascii: "+"): begin()
        case UInt8(ascii: "s"): sent = max(sent, number(words[1]))
        case UInt8(ascii: "a"): acknowledged.append(number(words[1]))
        case UInt8(ascii: "r"): receive(number(words[2]), from: String(decoding: words[1], as: UTF8.self))
        default: refused.append((number: number(words[1]), reason: String(decoding: words[2], as: UTF8.self)))
        }
    }

    private func number(_ digits: ArraySlice<UInt8>) -> Int { digits.reduce(0) { $0 * 10 + Int($1) - 48 } }

    private func begin() {
        lives += 1
        (mayRepeat, wasKilled) = (wasKilled, false)
        for sender in flows.keys { flows[sender]?.lastOfLife = 0 }
    }

    private func receive(_ number: Int, from sender: String) {
        var flow = flows[sender] ?? Flow()
        let highest = flow.numbers.last ?? 0
        if number > highest {
            flow.numbers.append(number)
        } else {
            flow.repeated += 1
            #expect(mayRepeat, "\(name): \(number) of \(sender) came again, and the host was not killed")
        }
        #expect(number > flow.lastOfLife, "\(name): \(number) of \(sender) came after \(flow.lastOfLife), in one life")
        flow.lastOfLife = number
        flows[sender] = flow
    }

    /// Whether everything came that another one sent and was told to be accepted, and nothing that was refused.
    func expectAll(of sender: DeliveryLedger, mayHoldRefused: Bool = false) {
        sender.expectAll(in: flows[sender.name]?.numbers ?? [], name, mayHoldRefused: mayHoldRefused)
    }

    /// Whether everything is in `numbers` that was accepted, and nothing that was refused.
    func expectAll(in numbers: [Int], _ place: String, mayHoldRefused: Bool = false) {
        let got = Set(numbers)
        let lost = acknowledged.filter { !got.contains($0) }
        #expect(lost.count == 0, "\(place): \(lost.count) of \(acknowledged.count) of \(name) are lost: \(lost.prefix(20))")
        let wrong = mayHoldRefused ? [] : refused.filter { got.contains($0.number) }
        #expect(wrong.count == 0, "\(place): \(wrong.count) of \(name) were refused and came: \(wrong.prefix(20))")
        #expect(numbers.last ?? 0 <= sent)
    }
}
