import Files
import JSON
import ModuleLinks

extension StateStore {
    /// Makes the folder if it is not there. For the owner only: twins and messages may hold secrets.
    static func makeFolder(_ directory: Text) throws(HubError) {
        do throws(FileError) {
            try Files.makeFolder(directory.string, permissions: 0o700)
        } catch {
            throw HubError(.storage, "\(error.message): the state folder cannot be made; name a stateDirectory that can be written")
        }
    }
}
