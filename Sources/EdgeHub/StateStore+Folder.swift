import Files
import JSON
import ModuleLinks

extension StateStore {
    /// Makes the database's file if it is not there, empty and for the owner only; SQLite gives the files beside it the same rights.
    /// What is wrong with its place SQLite says better.
    static func makeFile(_ path: String) {
        do throws(FileError) { _ = try OpenFile(path, .create(permissions: 0o600)) } catch {}
    }

    /// Makes the folder if it is not there. For the owner only: twins and messages may hold secrets.
    static func makeFolder(_ directory: Text) throws(HubError) {
        do throws(FileError) {
            try Files.makeFolder(directory.string, permissions: 0o700)
        } catch {
            throw HubError(.storage, "\(error.message): the state folder cannot be made; name a stateDirectory that can be written")
        }
    }
}
