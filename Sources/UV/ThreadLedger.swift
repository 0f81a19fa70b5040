import CPOSIX

/// Which threads of this process are the host's, which are a guest's, as far as one can see from outside.
///
/// Those that appear while a guest starts are its own. Those that appear later are anybody's who was there by then: who asks for
/// what is left of a guest is told of them too, and errs on the safe side. The host's own say so themselves.
public final class ThreadLedger: @unchecked Sendable {
    /// This process's.
    public static let shared = ThreadLedger { ThreadLedger.threads() }

    private let list: () -> [Int32]
    private let lock = Lock()
    /// By thread: 0 is the host's, above 0 the guest's of that number, below 0 anybody's up to that number.
    private var owners: [Int32: Int] = [:]
    private var lastGuest = 0
    private var starting = 0
    /// Threads of nobody knows whom that were waited for once, and stayed.
    private var patient: [Int32: Int] = [:]

    /// How long a thread that has been joined may take to leave the system's list, in ms.
    private static let patienceMs = 20

    /// - Parameter list: the system's numbers of all threads.
    public init(_ list: @escaping () -> [Int32]) {
        self.list = list
    }

    /// Before a guest begins to start.
    /// - Returns: its number.
    public func begin() -> Int {
        lock.take()
        defer { lock.give() }
        look(-lastGuest)
        starting += 1
        lastGuest += 1
        return lastGuest
    }

    /// The guest has started, or failed to.
    public func didStart(_ guest: Int) {
        lock.take()
        defer { lock.give() }
        // Where two start at once, on different threads, nobody knows.
        look(starting == 1 ? guest : -lastGuest)
        starting -= 1
    }

    /// How many threads are left of a guest that has ended. Waits a little for those that are about to go: for its own, and once for
    /// each that may be another's, so that the end of hundreds of guests takes no longer because of one thread.
    public func leftover(of guest: Int) -> Int {
        var attempt = 0
        while true {
            lock.take()
            look(-lastGuest)
            var (count, waits) = (0, false)
            for (thread, owner) in owners where owner == guest || -owner >= guest {
                count += 1
                if owner == guest || patient[thread] == nil { waits = true }
                if attempt == Self.patienceMs && owner < 0 { patient[thread] = owner }
            }
            lock.give()
            if !waits || attempt == Self.patienceMs { return count }
            attempt += 1
            poll(nil, 0, 1)
        }
    }

    /// The calling thread is the host's own.
    func addHost() {
        lock.take()
        owners[martlet_thread_id()] = 0
        lock.give()
    }

    /// Under the lock: who is new belongs to `owner`, who is gone is forgotten.
    private func look(_ owner: Int) {
        var now: [Int32: Int] = [:]
        for thread in list() { now[thread] = owners[thread] ?? owner }
        owners = now
        if !patient.isEmpty { patient = patient.filter { now[$0.key] == $0.value } }
    }

    private static func threads() -> [Int32] {
        guard let folder = opendir("/proc/self/task") else { return [] }
        defer { closedir(folder) }
        var threads: [Int32] = []
        while let entry = readdir(folder) {
            let number = withUnsafePointer(to: &entry.pointee.d_name) { atoi(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) }
            if number > 0 { threads.append(number) }
        }
        return threads
    }
}
