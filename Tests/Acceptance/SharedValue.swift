import Foundation
import TestSupport

/// A value in a file that a host has mapped too, by a shim that is loaded before its libraries: what is written here counts there at once.
final class SharedValue<Value> {
    private let memory: UnsafeMutablePointer<Value>

    /// - Parameter initial: a value without references, as a C structure.
    init(_ file: String, _ initial: Value) throws {
        let size = MemoryLayout<Value>.size
        try Data(count: size).write(to: URL(fileURLWithPath: file))
        let descriptor = open(file, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        guard let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            throw Late("mmap \(file): errno \(errno)")
        }
        memory = start.bindMemory(to: Value.self, capacity: 1)
        memory.pointee = initial
    }

    deinit { munmap(memory, MemoryLayout<Value>.size) }

    var value: Value {
        get { memory.pointee }
        set { memory.pointee = newValue }
    }
}
