import CPOSIX
import UV

/// The watched descriptors of one library instance, by the number that the module knows them by.
///
/// Each watch is of a duplicate that is the host's own: whatever the module does with its descriptor, the loop's stays valid.
struct WatchTable {
    /// Watches of one instance at a time; more is a leak in the module.
    static let limit = 64

    private var running: [UInt64: (watcher: PollWatcher, descriptor: Int32)] = [:]
    private var last: UInt64 = 0

    var isFull: Bool { running.count >= Self.limit }

    /// - Parameter ready: with the number of the watch.
    /// - Throws: EPERM for what cannot be watched, EBADF, EMFILE.
    mutating func start(
        _ loop: Loop, descriptor: Int32, events: PollEvents, _ ready: @escaping (_ number: UInt64, _ events: PollEvents) -> Void
    ) throws(UVError) -> UInt64 {
        let duplicate = martlet_private_duplicate(descriptor)
        guard duplicate >= 0 else { throw UVError(errno: martlet_errno()) }
        let watcher: PollWatcher
        do throws(UVError) {
            watcher = try PollWatcher(loop, fileDescriptor: duplicate)
        } catch {
            close(duplicate)
            throw error
        }
        last += 1
        let number = last
        running[number] = (watcher, duplicate)
        watcher.start(events) { ready(number, $0) }
        return number
    }

    /// Whether there was one.
    mutating func remove(_ number: UInt64) -> Bool {
        guard let (watcher, descriptor) = running.removeValue(forKey: number) else { return false }
        watcher.close()
        close(descriptor)
        return true
    }

    mutating func removeAll() {
        for (_, (watcher, descriptor)) in running {
            watcher.close()
            close(descriptor)
        }
        running = [:]
    }
}
