import CPOSIX
import Deployment
import Files
import JSON

/// The manifest on disk.
struct ManifestFile {
    /// Absolute.
    let path: String
    let overrides: DirectoryOverrides

    init(path: String, overrides: DirectoryOverrides = DirectoryOverrides()) {
        self.path = Files.absolute(path)
        self.overrides = overrides
    }

    var folder: String { Files.parent(path) ?? "/" }
    var name: String { Files.name(path) }

    /// The deployment, or everything that is wrong with it: what no twin would take is an error too.
    func read() -> Result<Deployment, ManifestError> {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, limit: ManifestReader.maximumBytes + 1)
        } catch {
            let advice = error.code == EFBIG ? "; at most \(ManifestReader.maximumBytes) bytes are read" : ""
            return .failure(ManifestError(findings: [Finding(.error, .path(.root), Text(error.message + advice))]))
        }
        return ManifestReader.read(
            bytes, folder: Text(folder), overrides: overrides, readFile: Self.read, checkDesired: TwinCheck.faults)
    }

    private static func read(_ path: Text, limit: Int) -> Result<[UInt8], UnreadableFile> {
        do throws(FileError) {
            return .success(try Files.read(path.string, limit: limit))
        } catch {
            return .failure(UnreadableFile(Text(error.message)))
        }
    }

    /// `/etc/device.json:3:14: …`, `/etc/device.json: modulesContent.x: …`
    @inline(never)
    func line(_ finding: Finding) -> Text {
        switch finding.place {
        case .position: "\(path):\(finding.description)"
        case .path: "\(path): \(finding.description)"
        }
    }
}
