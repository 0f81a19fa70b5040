import CPOSIX

/// An open file; closed with its owner.
public final class OpenFile {
    public let path: String
    public let descriptor: Int32

    /// What it is opened for.
    public enum Mode: Sendable {
        case read
        /// Creates the file and refuses one that is there.
        case create(permissions: UInt32)
        /// Opens for reading and writing, creates what is not there.
        case openOrCreate(permissions: UInt32)
    }

    public convenience init(_ path: String, _ mode: Mode) throws(FileError) {
        // Opened before there is an object: Embedded Swift never frees one whose init throws.
        self.init(adopting: try Self.open(path, mode), path: path)
    }

    private static func open(_ path: String, _ mode: Mode) throws(FileError) -> Int32 {
        let opened: Int32
        switch mode {
        case .read: opened = martlet_open(path, O_RDONLY | O_CLOEXEC, 0)
        case .create(let permissions): opened = martlet_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        case .openOrCreate(let permissions): opened = martlet_open(path, O_RDWR | O_CREAT | O_CLOEXEC, permissions)
        }
        guard opened >= 0 else { throw FileError.last("open", path) }
        return opened
    }

    /// Takes over an open descriptor: a pipe or socket, or standard input.
    public init(adopting descriptor: Int32, path: String) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Fills the buffer as far as there is something to read; 0 is the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = CPOSIX.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard martlet_errno() == EINTR else { throw FileError.last("read", path) }
        }
    }

    /// Reads to the end.
    ///
    /// - Throws: with code `EFBIG` if there are more than `limit` bytes.
    public func readAll(limit: Int) throws(FileError) -> [UInt8] {
        var content: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            if count == 0 { return content }
            guard content.count + count <= limit else { throw FileError("read", path, code: EFBIG) }
            content.append(contentsOf: buffer[..<count])
        }
    }

    /// Writes all of it.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = CPOSIX.write(descriptor, part.baseAddress, part.count)
            if count < 0 {
                guard martlet_errno() == EINTR else { throw FileError.last("write", path) }
            } else {
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Returns once the content is on the disk.
    public func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError.last("sync", path) }
    }

    /// What is known of the open file.
    public func status() throws(FileError) -> FileStatus {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw FileError.last("stat", path) }
        return FileStatus(found)
    }

    /// Takes the whole-file lock without waiting; false: another process holds it. It is given up when this process closes this file,
    /// through whatever descriptor, and with the process however it ends.
    public func lock() throws(FileError) -> Bool {
        if martlet_lock_file(descriptor) == 0 { return true }
        guard martlet_errno() == EAGAIN || martlet_errno() == EACCES else { throw FileError.last("lock", path) }
        return false
    }

    /// Whether somebody has the file open for writing. False also where the system does not tell: another user's file, some network
    /// file systems.
    public var hasWriter: Bool { martlet_has_writer(descriptor) == 1 }

    /// Replaces the whole content. What is not longer than the old needs no room on the disk.
    public func replaceContent(_ bytes: [UInt8]) throws(FileError) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileError.last("write", path) }
        let result: Result<Void, FileError> = bytes.withUnsafeBytes { buffer in
            do throws(FileError) { return .success(try write(buffer)) } catch { return .failure(error) }
        }
        try result.get()
        guard ftruncate(descriptor, off_t(bytes.count)) == 0 else { throw FileError.last("write", path) }
    }
}
