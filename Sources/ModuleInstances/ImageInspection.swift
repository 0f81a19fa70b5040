import CPOSIX
public import Deployment
import Files
import JSON

/// Loads an image to see whether an instance could: in a child, since the image's own code runs when it is loaded.
public enum ImageInspection {
    /// A plan of the child: `program inspect` reads this on its standard input.
    public static func request(for module: ModuleSpecification, path: String) -> [UInt8]? {
        if case .executable = module.kind { return nil }
        return JSON.object(InstanceRequest(module.kind, path: path).json).bytes()
    }

    /// The child's arguments, the program's name first.
    public static var arguments: [String] { ["martlet", ChildCommand.inspect] }

    /// What the child writes where nothing is wrong: an image that ends the child with exit code 0 is not taken for a good one.
    public static let good: [UInt8] = Array("good".utf8)

    /// The child: writes what is wrong on standard output, or `good`.
    static func run() -> Int32 {
        let result = martlet_private_duplicate(STDOUT_FILENO)
        // What the image prints while it is loaded is not the answer.
        dup2(STDERR_FILENO, STDOUT_FILENO)
        let input = OpenFile(adopting: STDIN_FILENO, path: "standard input")
        guard let bytes = try? input.readAll(limit: FrameSplitter.limit), let json = try? JSON.parse(bytes).object,
            let request = InstanceRequest(json)
        else { return 2 }
        let answer = fault(request)?.bytes ?? good
        answer.withUnsafeBytes { _ = write(result, $0.baseAddress, $0.count) }
        // Whatever the image wants to do at the end.
        _exit(0)
    }

    private static func fault(_ request: InstanceRequest) -> Text? {
        if case .functions(_, let binding) = request.kind {
            do throws(FunctionError) {
                _ = try FunctionTable(path: request.path, binding: binding)
                return nil
            } catch {
                return error.reason
            }
        }
        do throws(InstanceError) {
            _ = try ModuleLibrary(path: request.path, host: HostTable())
            return nil
        } catch {
            return error.reason
        }
    }
}
