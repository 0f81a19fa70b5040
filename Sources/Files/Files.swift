import CPOSIX

/// Files and folders by path.
public enum Files {
    /// - Throws: with code `EFBIG` if the file is larger than `limit` bytes.
    public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = try OpenFile(path, .read)
        guard try !file.status().isFolder else { throw FileError("read", path, code: EISDIR) }
        return try file.readAll(limit: limit)
    }

    /// The first bytes of a file: `count`, or as many as there are.
    public static func readHead(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        let file = try OpenFile(path, .read)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { buffer.deallocate() }
        return try Array(buffer[..<file.read(into: buffer)])
    }

    /// What is at a path; links are followed.
    public static func status(_ path: String) throws(FileError) -> FileStatus {
        var found = stat()
        guard stat(path, &found) == 0 else { throw FileError.last("stat", path) }
        return FileStatus(found)
    }

    /// Whether something is at a path.
    @inline(never)
    public static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Whether there may be an entry of this name, also a link that leads nowhere. False only where the system says that there is none: a
    /// disk that fails hides nothing.
    public static func isTaken(_ path: String) -> Bool {
        var found = stat()
        return lstat(path, &found) == 0 || martlet_errno() != ENOENT
    }

    /// Makes a folder and those above it that are not there.
    public static func makeFolder(_ path: String, permissions: UInt32) throws(FileError) {
        if mkdir(path, permissions) == 0 { return }
        if martlet_errno() == ENOENT, let above = parent(path) {
            try makeFolder(above, permissions: permissions)
            if mkdir(path, permissions) == 0 { return }
        }
        let failure = FileError.last("make folder", path)
        guard failure.code == EEXIST, try status(path).isFolder else { throw failure }
    }

    /// The names in a folder, `.` and `..` left out, in no order.
    public static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw FileError.last("open folder", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.utf8.elementsEqual(".".utf8) && !name.utf8.elementsEqual("..".utf8) { names.append(name) }
        }
        return names
    }

    /// Gives a file another name at once; what had that name is gone.
    public static func rename(_ from: String, to: String) throws(FileError) {
        guard CPOSIX.rename(from, to) == 0 else { throw FileError.last("rename", from) }
    }

    /// Removes a file; one that is not there is no error.
    public static func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || martlet_errno() == ENOENT else { throw FileError.last("remove", path) }
    }

    /// Removes an empty folder.
    public static func removeFolder(_ path: String) throws(FileError) {
        guard rmdir(path) == 0 || martlet_errno() == ENOENT else { throw FileError.last("remove folder", path) }
    }

    /// Returns once renames and new files of a folder are on the disk.
    @inline(never)
    public static func syncFolder(_ path: String) throws(FileError) {
        try OpenFile(path, .read).sync()
    }

    /// The path from the root, against the current folder; nothing needs to be there.
    public static func absolute(_ path: String) -> String {
        if path.utf8.first == UInt8(ascii: "/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return join(String(cString: current), path)
    }

    /// `name` in `folder`; an absolute name stays as it is.
    @inline(never)
    public static func join(_ folder: String, _ name: String) -> String {
        if name.utf8.first == UInt8(ascii: "/") { return name }
        return folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }

    /// The folder a path lies in; nil for the root and for a bare name.
    public static func parent(_ path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.utf8.startIndex else { return nil }
        return String(path[..<slash])
    }

    /// What follows the last slash.
    public static func name(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }
}
