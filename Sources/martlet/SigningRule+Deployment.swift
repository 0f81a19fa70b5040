import Deployment
import Files
import JSON
import ModuleImages

extension SigningRule {
    /// Reads the key. One that cannot be used is told by each image that needs it.
    init(_ signing: ImageSigning?) {
        guard let signing else {
            self = .none
            return
        }
        self.init(Self.key(signing.publicKey), isRequired: signing.isRequired)
    }

    private static func key(_ source: ImageSigning.Key) -> Key {
        switch source {
        case .text(let text): return Key(pem: Array(text.utf8))
        case .file(let path):
            do throws(FileError) {
                return Key(pem: try Files.read(path.string, limit: 64 << 10))
            } catch {
                return .unusable(Text(error.message))
            }
        }
    }
}
