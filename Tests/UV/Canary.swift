import Foundation
import TestSupport

/// Something to see whether a closure was released.
final class Canary: Sendable {}

/// A box for what closures find out, also those that run on another thread one after the other.
final class Found<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension TemporaryFolder {
    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
