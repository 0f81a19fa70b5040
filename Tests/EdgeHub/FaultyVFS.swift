import CSQLite
import Foundation

/// A way to the disk for SQLite that counts what would change files, and fails from one of these on, or at one alone.
///
/// `sqlite3_vfs` over the system's own: each open file has the system's file right behind the methods of this one.
final class FaultyVFS: @unchecked Sendable {
    /// What fails.
    enum Fault {
        /// One call: the next ones work again.
        case once
        /// It and all after it, as after a power cut: nothing more is written.
        case fromThenOn
    }

    static let shared = FaultyVFS()
    /// Under which SQLite knows it.
    let name = "martlet-faulty"

    private let lock = NSLock()
    private var calls = 0
    private var failing = 0
    private var fault = Fault.once
    private var didFail = false
    /// The call that failed last, for messages.
    private(set) var what = ""
    nonisolated(unsafe) private static let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    nonisolated(unsafe) fileprivate static let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)

    private init() {
        Self.vfs.initialize(to: systemVFS.pointee)
        Self.vfs.pointee.pNext = nil
        Self.vfs.pointee.zName = UnsafePointer(strdup(name))
        Self.vfs.pointee.szOsFile = Int32(MemoryLayout<FaultyFile>.stride) + systemVFS.pointee.szOsFile
        Self.vfs.pointee.pAppData = nil
        Self.vfs.pointee.xOpen = { _, name, file, flags, outFlags in
            guard let file else { return SQLITE_NOMEM }
            file.pointee.pMethods = nil
            if flags & SQLITE_OPEN_READONLY == 0, FaultyVFS.shared.fails("open") { return SQLITE_CANTOPEN }
            let result = systemVFS.pointee.xOpen(systemVFS, name, inner(file), flags, outFlags)
            // Where there is nothing to close, SQLite is told so.
            if inner(file).pointee.pMethods != nil { file.pointee.pMethods = UnsafePointer(FaultyVFS.methods) }
            return result
        }
        Self.vfs.pointee.xDelete = { _, name, syncs in
            if FaultyVFS.shared.fails("delete") { return 10 | 10 << 8 }  // SQLITE_IOERR_DELETE
            return systemVFS.pointee.xDelete(systemVFS, name, syncs)
        }
        Self.vfs.pointee.xAccess = { systemVFS.pointee.xAccess(systemVFS, $1, $2, $3) }
        Self.vfs.pointee.xFullPathname = { systemVFS.pointee.xFullPathname(systemVFS, $1, $2, $3) }
        Self.vfs.pointee.xRandomness = { systemVFS.pointee.xRandomness(systemVFS, $1, $2) }
        Self.vfs.pointee.xSleep = { systemVFS.pointee.xSleep(systemVFS, $1) }
        Self.vfs.pointee.xCurrentTime = { systemVFS.pointee.xCurrentTime(systemVFS, $1) }
        Self.vfs.pointee.xCurrentTimeInt64 = { systemVFS.pointee.xCurrentTimeInt64(systemVFS, $1) }
        Self.vfs.pointee.xGetLastError = { systemVFS.pointee.xGetLastError(systemVFS, $1, $2) }
        Self.methods.initialize(to: Self.fileMethods)
        let result = sqlite3_vfs_register(Self.vfs, 0)
        precondition(result == SQLITE_OK)
    }

    /// Begins to count. The call with this number fails, counted from 1; 0: none.
    func arm(_ number: Int, _ fault: Fault = .once) {
        lock.withLock { (calls, failing, self.fault, didFail, what) = (0, number, fault, false, "") }
    }

    /// Whether a call has failed since.
    func disarm() -> Bool {
        lock.withLock {
            failing = 0
            return didFail
        }
    }

    fileprivate func fails(_ call: String) -> Bool {
        lock.withLock {
            calls += 1
            guard failing > 0, calls == failing || fault == .fromThenOn && calls > failing else { return false }
            if !didFail { what = "\(call), the \(calls). of all" }
            didFail = true
            return true
        }
    }

    private static var fileMethods: sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        // Without shared memory: the state is opened by one connection alone.
        methods.iVersion = 1
        methods.xClose = { call($0) { $0.xClose($1) } }
        methods.xRead = { file, buffer, count, offset in call(file) { $0.xRead($1, buffer, count, offset) } }
        methods.xWrite = { file, buffer, count, offset in
            if FaultyVFS.shared.fails("write") {
                // Half of it is there, as on a disk that loses power.
                _ = call(file) { $0.xWrite($1, buffer, count / 2, offset) }
                return 13  // SQLITE_FULL
            }
            return call(file) { $0.xWrite($1, buffer, count, offset) }
        }
        methods.xTruncate = { file, size in
            FaultyVFS.shared.fails("truncate") ? 10 | 6 << 8 : call(file) { $0.xTruncate($1, size) }
        }
        methods.xSync = { file, flags in FaultyVFS.shared.fails("fsync") ? 10 | 4 << 8 : call(file) { $0.xSync($1, flags) } }
        methods.xFileSize = { file, size in call(file) { $0.xFileSize($1, size) } }
        methods.xLock = { file, level in call(file) { $0.xLock($1, level) } }
        methods.xUnlock = { file, level in call(file) { $0.xUnlock($1, level) } }
        methods.xCheckReservedLock = { file, result in call(file) { $0.xCheckReservedLock($1, result) } }
        methods.xFileControl = { file, operation, argument in call(file) { $0.xFileControl($1, operation, argument) } }
        methods.xSectorSize = { file in call(file) { $0.xSectorSize($1) } }
        methods.xDeviceCharacteristics = { file in call(file) { $0.xDeviceCharacteristics($1) } }
        return methods
    }
}

/// In front of the system's file; as large as it must be for what follows to stand right.
private struct FaultyFile {
    var base = sqlite3_file()
    var padding: Int = 0
}

private func inner(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
    (UnsafeMutableRawPointer(file) + MemoryLayout<FaultyFile>.stride).assumingMemoryBound(to: sqlite3_file.self)
}

private func call(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ body: (sqlite3_io_methods, UnsafeMutablePointer<sqlite3_file>) -> Int32
) -> Int32 {
    guard let file else { return SQLITE_MISUSE }
    let inner = inner(file)
    guard let methods = inner.pointee.pMethods else { return SQLITE_MISUSE }
    return body(methods.pointee, inner)
}

nonisolated(unsafe) private let systemVFS: UnsafeMutablePointer<sqlite3_vfs> = {
    sqlite3_initialize()
    return sqlite3_vfs_find(nil)
}()
