import Files
public import JSON

/// What is remembered of modules from one run of the host to the next: `modules.json` in the state folder. On the loop's thread.
///
/// ```
/// {"thermometer":{"quarantine":{"digest":"sha256:…","reason":"SIGSEGV in receive"},"good":"sha256:…"}}
/// ```
/// A file that is lost or damaged costs the memory, never the start.
public final class ModuleMemory {
    /// Bytes; a module needs some 400.
    private static let limit = 8 << 20

    private let path: String
    private let log: (Int32, Text) -> Void
    private var records: JSONObject
    private var isSaved = true
    /// Told of a change, to bring it to the disk soon; nil: it is there when `change` returns.
    var whenChanged: (() -> Void)?

    /// - Parameter log: level (syslog's) and text of what an operator should know.
    public init(path: String, log: @escaping (Int32, Text) -> Void) {
        self.path = path
        self.log = log
        records = JSONObject()
        guard Files.exists(path) else { return }
        do throws(FileError) {
            let bytes = try Files.read(path, limit: Self.limit)
            if let object = (try? JSON.parse(bytes))?.object { records = object } else { forgets("it is not a JSON object") }
        } catch {
            forgets(Text(error.message))
        }
    }

    private func forgets(_ reason: Text) {
        log(4, "what was remembered of modules in \(path) is forgotten: \(reason)")
    }

    /// What is remembered of a module; an empty record where nothing is.
    public subscript(module: Text) -> ModuleRecord {
        records[module].map { ModuleRecord($0) } ?? ModuleRecord()
    }

    /// Changes what is remembered of a module. What cannot be written is said in the log, and remembered until the host ends.
    public func change(_ module: Text, _ body: (inout ModuleRecord) -> Void) {
        let old = self[module]
        var new = old
        body(&new)
        guard new != old else { return }
        records[module] = new.isEmpty ? nil : new.json
        changed()
    }

    /// Forgets every module but these.
    public func retain(_ isDeployed: (Text) -> Bool) {
        let kept = records.members.filter { isDeployed($0.key) }
        guard kept.count < records.count else { return }
        records = JSONObject(members: kept)
        changed()
    }

    private func changed() {
        isSaved = false
        if let whenChanged { whenChanged() } else { save() }
    }

    /// Brings what is not on the disk yet there. Blocks.
    func save() {
        if let fault = takeUnsaved()?.write() { isNotSaved(fault) }
    }

    /// What was taken could not be written. The next change tries again, and the end.
    func isNotSaved(_ fault: Text) {
        isSaved = false
        log(3, fault)
    }

    /// What is to be written, by whoever takes it; nil: all is on the disk, or on its way.
    func takeUnsaved() -> Content? {
        if isSaved { return nil }
        isSaved = true
        return Content(path: path, bytes: JSON.object(records).bytes())
    }

    /// The file as it should be. May be written on any thread.
    struct Content: Sendable {
        let path: String
        let bytes: [UInt8]

        /// Under another name first: at any instant one of the two is whole. Returns what went wrong.
        func write() -> Text? {
            let new = path + ".new"
            do throws(FileError) {
                try Files.remove(new)
                let file = try OpenFile(new, .create(permissions: 0o600))
                try file.replaceContent(bytes)
                try file.sync()
                try Files.rename(new, to: path)
                return nil
            } catch {
                return "what is remembered of modules is not on the disk: \(error.message)"
            }
        }
    }
}
