import Files
public import JSON
public import ModuleLinks

/// A database that is not used any more keeps a name of its own: nothing is deleted or overwritten.
extension StateStore {
    /// At most so many are kept.
    static let mostAside = 16

    /// Gives the database of a state folder another name, with the files beside it, so that the next start makes a new one. Nobody may
    /// have it open.
    /// - Returns: the new name, for the log; nil: there was none.
    /// - Throws: HubError that names what is in the way, and what to do.
    public static func setAside(directory: Text) throws(HubError) -> Text? {
        let folder = directory.string
        guard Files.isTaken(Files.join(folder, name)) else { return try setOrphansAside(folder) }
        let taken = try numbersAside(folder)
        guard taken.count < mostAside, let number = nextNumber(taken) else {
            let oldest = Files.join(folder, aside(taken.first ?? 1))
            throw HubError(
                .storage,
                "\(folder): \(taken.count) databases are set aside already, as many as are kept; move or remove the oldest, \(oldest), first"
            )
        }
        // The database first: if this is cut off, the next start finds none, and that the files beside it are still to follow.
        try rename(folder, "", to: number)
        _ = try setOrphansAside(folder)
        return Text(Files.join(folder, aside(number)))
    }

    /// Files that were beside a database that is gone: SQLite would take them for those of a new one. They go to the last that was set
    /// aside, or are one for themselves.
    /// - Returns: the new name of the first of them; nil: there are none.
    @discardableResult
    static func setOrphansAside(_ folder: String) throws(HubError) -> Text? {
        guard !Files.isTaken(Files.join(folder, name)) else { return nil }
        var found: Text?
        for suffix in ["-wal", "-journal", "-shm"] where Files.isTaken(Files.join(folder, name + suffix)) {
            let taken = try numbersAside(folder)
            var number = taken.last ?? 1
            if Files.isTaken(Files.join(folder, aside(number) + suffix)) { number = nextNumber(taken) ?? number }
            try rename(folder, suffix, to: number)
            found = found ?? Text(Files.join(folder, aside(number) + suffix))
        }
        do throws(FileError) {
            try Files.syncFolder(folder)
        } catch {
            throw HubError(settingAside: error)
        }
        return found
    }

    private static func rename(_ folder: String, _ suffix: String, to number: Int) throws(HubError) {
        let target = Files.join(folder, aside(number) + suffix)
        do throws(FileError) {
            guard !Files.isTaken(target) else { throw FileError("rename to", target, code: FileError.exists) }
            try Files.rename(Files.join(folder, name + suffix), to: target)
        } catch {
            throw HubError(settingAside: error)
        }
    }

    private static func aside(_ number: Int) -> String { "\(name).aside-\(number)" }

    /// One more than the highest, so that the lowest is the oldest.
    private static func nextNumber(_ taken: [Int]) -> Int? {
        let (number, isTooLarge) = (taken.last ?? 0).addingReportingOverflow(1)
        return isTooLarge ? nil : number
    }

    /// Which numbers are taken, in order; also those of which only a file beside the database is there.
    private static func numbersAside(_ folder: String) throws(HubError) -> [Int] {
        let names: [String]
        do throws(FileError) {
            names = try Files.names(in: folder)
        } catch {
            throw HubError(settingAside: error)
        }
        let prefix = Text(name + ".aside-")
        var taken: [Int] = []
        for file in names where Text(file).hasPrefix(prefix) {
            let digits = file.utf8.dropFirst(prefix.utf8.count).prefix { $0 >= 48 && $0 <= 57 }
            if let number = Int(String(decoding: digits, as: UTF8.self)), !taken.contains(number) { taken.append(number) }
        }
        return taken.inOrder { $0 < $1 }
    }
}
