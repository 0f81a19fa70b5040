import Foundation
import TestSupport

/// The wall clock of one host, wrong by as much as it is told: see `ClockShimSource`. It is there for hosts that start after it.
final class WrongClock {
    private let offset: UnsafeMutablePointer<Int64>

    init(_ host: Host) throws {
        let file = host.folder.path("clock")
        try Data(count: MemoryLayout<Int64>.size).write(to: URL(fileURLWithPath: file))
        let descriptor = open(file, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        guard let memory = mmap(nil, MemoryLayout<Int64>.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw Late("mmap \(file): errno \(errno)") }
        offset = memory.bindMemory(to: Int64.self, capacity: 1)
        host.environment["LD_PRELOAD"] = try Images.clockShim
        host.environment["MARTLET_CLOCK"] = file
    }

    deinit { munmap(offset, MemoryLayout<Int64>.size) }

    /// Sets it to a moment; it runs on from there.
    func set(_ moment: Date) { offset.pointee = Int64(moment.timeIntervalSinceNow) }

    /// What it says now.
    var now: Date { Date(timeIntervalSinceNow: Double(offset.pointee)) }
}
