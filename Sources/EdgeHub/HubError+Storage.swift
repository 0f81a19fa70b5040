import Files
import JSON
import ModuleLinks
import SQLite

extension HubError {
    /// Why the state cannot be opened, and what helps. The file is never touched.
    init(opening path: String, _ error: SQLiteError) {
        if error.isCorrupt {
            self.init(
                .storage,
                "\(error.message): it is left as it is; name another stateDirectory, bring back a copy, or begin anew with --reset-state")
        } else if error.isBusy {
            self.init(.storage, "\(error.message): another process has it open; end that one or name another stateDirectory")
        } else {
            self.init(
                .storage,
                "\(error.message): folder and file must be readable and writable for this user, on a disk with room; or begin anew with --reset-state"
            )
        }
    }

    /// Why a database keeps its name.
    init(settingAside error: FileError) {
        self.init(.storage, "\(error.message): the state cannot be set aside; the folder must be there and writable for this user")
    }

    /// Why something was not stored, and what helps.
    init(writing path: String, _ error: SQLiteError) {
        let remedy: Text = error.isFull ? "free some space on that disk" : "see that the disk is there, writable and sound"
        self.init(.storage, "\(error.message): nothing was stored; \(remedy), then try again")
    }

    /// Why what belongs to a twin could not be read.
    init(readingTwins path: String, _ error: SQLiteError) {
        self.init(.storage, "\(error.message): nothing was changed; see that the disk is there and sound")
    }

    /// Why a queue could not be read.
    init(reading path: String, _ error: SQLiteError) {
        self.init(.storage, "\(error.message): messages stay on disk; see that the disk is there and sound")
    }
}

extension SQLiteError {
    /// Of what happens to the file beside SQLite.
    init(_ error: FileError) {
        // As SQLite says it of its own: a full disk, or a file that cannot be opened.
        self.init(extendedCode: error.isFull ? 13 : 14, message: Text(error.message))
    }

    /// Of a file that holds what no version of this program wrote.
    init(damaged what: Text, path: String) {
        self.init(extendedCode: 11, message: "\(path): damaged: \(what)")
    }

    /// Of a file that a later version of this program wrote.
    init(unknownSchema version: Int64, path: String) {
        self.init(
            extendedCode: 11, message: "\(path): its schema is version \(version), this program knows up to \(StateSchema.version)")
    }
}
