import Foundation

/// What did not come in time, and what came instead.
public struct Late: Error, CustomStringConvertible {
    public let description: String

    public init(_ what: String) {
        description = what
    }
}

/// The lines that a running program writes, as they come. Any thread.
public final class Transcript: @unchecked Sendable {
    /// How long anything is waited for. Only a test that fails waits so long.
    public static let patience: TimeInterval = 60

    private let condition = NSCondition()
    private var text: [UInt8] = []
    private var complete: [String] = []
    private var unfinished: [UInt8] = []
    private var hasEnded = false

    public init() {}

    /// Reads the descriptor up to its end, on a thread of its own, and closes it.
    func collect(_ descriptor: Int32) {
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { break }
                add(buffer[..<count])
            }
            close(descriptor)
            condition.lock()
            hasEnded = true
            condition.broadcast()
            condition.unlock()
        }
    }

    private func add(_ bytes: ArraySlice<UInt8>) {
        condition.lock()
        defer { condition.unlock() }
        text += bytes
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                complete.append(String(decoding: unfinished, as: UTF8.self))
                unfinished = []
            } else {
                unfinished.append(byte)
            }
        }
        condition.broadcast()
    }

    /// The lines so far.
    public var lines: [String] {
        condition.lock()
        defer { condition.unlock() }
        return complete
    }

    /// Waits for a line.
    /// - Parameter from: the index of the first line that counts.
    /// - Returns: the line and the index behind it.
    @discardableResult
    public func line(from: Int = 0, _ what: String = "a line", where matches: (String) -> Bool) throws -> (text: String, next: Int) {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        var index = from
        while true {
            while index < complete.count {
                if matches(complete[index]) { return (complete[index], index + 1) }
                index += 1
            }
            if hasEnded { throw Late("\(what) did not come before the end of:\n" + shown) }
            guard condition.wait(until: deadline) else { throw Late("\(what) did not come in time after:\n" + shown) }
        }
    }

    /// Waits for a line that holds a text.
    @discardableResult
    public func line(from: Int = 0, holding part: String) throws -> (text: String, next: Int) {
        try line(from: from, "a line with '\(part)'") { $0.contains(part) }
    }

    /// Waits for the end; all that came.
    public func all() throws -> [UInt8] {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        while !hasEnded {
            guard condition.wait(until: deadline) else { throw Late("the end did not come in time after:\n" + shown) }
        }
        return text
    }

    private var shown: String { complete.suffix(60).joined(separator: "\n") }
}
