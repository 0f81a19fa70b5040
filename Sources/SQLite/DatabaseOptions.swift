/// How a database is opened.
public struct DatabaseOptions: Sendable {
    /// What may be done with the file.
    public enum Mode: Sendable {
        /// Read and write; the file is made if it is not there.
        case create
        /// Read and write a file that must be there.
        case existing
        /// Read a file that must be there.
        case readOnly
    }

    public var mode: Mode = .create
    /// How long, in milliseconds, a statement waits for another connection's lock before it fails as busy.
    public var busyTimeoutMs: Int32 = 5000
    /// Whether this connection is the only one for as long as the file is open. Then journal mode WAL needs no `-shm` file, which
    /// cannot be made on a full disk.
    public var isExclusive = false
    /// The most memory, in KiB, that pages take. SQLite's own default is 2000.
    public var cacheKiB: Int32 = 256
    /// Marks the file as this application's (`PRAGMA application_id`): written to a new file, demanded of any other. 0: neither.
    public var applicationID: Int32 = 0
    /// Whether the connection that closes last brings what is in the log (`-wal`) into the file, and removes the log. False: both are left
    /// as they are; see `Database.checkpointWhenClosed`.
    public var checkpointsWhenClosed = true
    /// SQLite's way to the disk (its VFS), by the name under which it is registered; nil: the system's.
    public var vfs: String?
    /// Run in this order once the file is known to be a database, as `journal_mode=WAL`.
    public var pragmas: [String] = []

    public init() {}
}
