import Foundation

/// The wall clock of one host, wrong by as much as it is told: see `ClockShimSource`. It is there for hosts that start after it.
final class WrongClock {
    private let offset: SharedValue<Int64>

    init(_ host: Host) throws {
        let file = host.folder.path("clock")
        offset = try SharedValue(file, 0)
        host.environment["LD_PRELOAD"] = try Images.clockShim
        host.environment["MARTLET_CLOCK"] = file
    }

    /// Sets it to a moment; it runs on from there.
    func set(_ moment: Date) { offset.value = Int64(moment.timeIntervalSinceNow) }

    /// What it says now.
    var now: Date { Date(timeIntervalSinceNow: Double(offset.value)) }
}
