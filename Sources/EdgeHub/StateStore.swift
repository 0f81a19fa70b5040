import Files
public import JSON
public import ModuleLinks
import SQLite
public import UV

/// The state that must survive, in `stateDirectory/martlet.db`: twins, queues and counters. All calls on the loop's thread; writing
/// and reading happens on the storage thread, because an fsync on an SD card takes 100 ms.
///
/// Belongs to one hub, which brings its writes in batches, one at a time.
public final class StateStore {
    /// For messages.
    public let path: Text
    let database: StateDatabase
    let thread: BackgroundThread
    /// Of the file in the state folder.
    static let name = "martlet.db"
    private var loaded: StateSnapshot?

    /// Opens the database, or makes it, and reads it. Blocks: 1 to 3 ms for one that is there.
    /// - Parameter directory: made if it is not there.
    /// - Throws: HubError that names file, reason and remedy. A file that is damaged, of another program or of a later version is
    ///   left as it is.
    public convenience init(directory: Text, loop: Loop) throws(HubError) {
        try self.init(directory: directory, loop: loop, vfs: nil)
    }

    /// - Parameter vfs: see `StateDatabase`.
    init(directory: Text, loop: Loop, vfs: String?) throws(HubError) {
        try StateStore.makeFolder(directory)
        try StateStore.setOrphansAside(directory.string)
        let path = Files.join(directory.string, StateStore.name)
        let database = try StateDatabase(path: path, vfs: vfs)
        let loaded = try database.load()
        database.isSound()
        let thread: BackgroundThread
        do throws(UVError) {
            thread = try BackgroundThread(loop, stackBytes: 256 * 1024)
        } catch {
            throw HubError(.storage, "the storage thread did not start: \(error.description)")
        }
        self.path = Text(path)
        self.database = database
        self.loaded = loaded
        self.thread = thread
    }

    /// What was there when it was opened. Given away once.
    func takeSnapshot() -> StateSnapshot {
        defer { loaded = nil }
        return loaded ?? StateSnapshot()
    }

    /// Writes a batch; `then` comes after its commit or failure.
    func commit(_ batch: StateBatch, then: @escaping (Result<StateOutcome, HubError>) -> Void) {
        ask({ $0.commit(batch) }, then)
    }

    /// Asks the database on the storage thread, after what was asked before; `then` comes with the answer.
    func ask<Value>(
        _ question: @escaping @Sendable (StateDatabase) -> Result<Value, HubError>, _ then: @escaping (Result<Value, HubError>) -> Void
    ) {
        let (database, answer) = (self.database, Answer<Value>())
        thread.run({ answer.result = question(database) }, then: { if let result = answer.result { then(result) } })
    }

    /// Waits for the batch that is under way. Blocks. What comes later is written at once, on the caller's thread, but its `then`
    /// never comes.
    func finish() { thread.finish() }

    /// Writes a batch after `finish`.
    func commitNow(_ batch: StateBatch) -> Result<StateOutcome, HubError> { database.commit(batch) }

    /// Lets go of the file.
    func close() {
        thread.finish()
        database.close()
    }

    /// Written on the storage thread, read on the loop's after it.
    private final class Answer<Value>: @unchecked Sendable {
        var result: Result<Value, HubError>?
    }
}
