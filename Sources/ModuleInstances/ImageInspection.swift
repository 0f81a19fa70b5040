import CPOSIX
public import Deployment
import Files
import JSON

/// Loads an image to see whether an instance could: in a child, since the image's own code runs when it is loaded.
public enum ImageInspection {
    /// A plan of the child: `program inspect` reads this on its standard input.
    public static func request(for module: ModuleSpecification, path: String) -> [UInt8]? {
        switch module.kind {
        case .library: StdioLine.notification("library", ["image": .string(Text(path))])
        case .functions(_, let functions, let polls): FunctionsLine.bytes(image: path, functions, polls)
        case .executable: nil
        }
    }

    /// The child's arguments, the program's name first.
    public static var arguments: [String] { ["martlet", ChildCommand.inspect] }

    /// The child: writes what is wrong on standard output; exit code 1 if something is.
    static func run() -> Int32 {
        let result = martlet_private_duplicate(STDOUT_FILENO)
        // What the image prints while it is loaded is not the answer.
        dup2(STDERR_FILENO, STDOUT_FILENO)
        let input = OpenFile(adopting: STDIN_FILENO, path: "standard input")
        guard let line = try? input.readAll(limit: StdioInstance.lineLimit), let json = try? JSON.parse(line) else { return 2 }
        guard let fault = fault(json["method"]?.string ?? "", json["params"]?.object ?? JSONObject()) else { return 0 }
        let bytes = Array(fault.utf8)
        bytes.withUnsafeBytes { _ = write(result, $0.baseAddress, $0.count) }
        return 1
    }

    private static func fault(_ kind: Text, _ params: JSONObject) -> Text? {
        if kind == FunctionsLine.method {
            guard let line = FunctionsLine(params: params) else { return "the request is not understood" }
            do throws(FunctionError) {
                let table = try FunctionTable(path: line.image, functions: line.functions)
                for poll in line.polls { try table.check(poll.function, payload: .array(poll.arguments)) }
                return nil
            } catch {
                return error.reason
            }
        }
        do throws(InstanceError) {
            _ = try ModuleLibrary(path: params["image"]?.string?.string ?? "", host: HostTable())
            return nil
        } catch {
            return error.reason
        }
    }
}
