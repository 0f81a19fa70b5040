import CPOSIX
import JSON
import ModuleInstances
import UV

/// A child that is given its whole input, and whose output is read to the end; killed where it takes too long.
struct CapturedChild {
    static let patienceMs: UInt64 = 10_000

    let file: String
    let arguments: [String]
    var input: [UInt8] = []
    var environment = ["PATH=/usr/bin:/bin"]
    /// Whether standard error is read as well, among the output.
    var readsErrors = false

    struct Result {
        let status: ExitStatus
        /// Standard output, up to 64 KB.
        let output: [UInt8]
        /// It was killed.
        let isLate: Bool
    }

    func run() -> Swift.Result<Result, UVError> {
        Swift.Result { () throws(UVError) in
            let loop = try Loop()
            defer { loop.close() }
            var output: [UInt8] = []
            var status: ExitStatus?
            let options = ChildOptions(
                file: file, arguments: arguments, environment: environment, standardInput: .pipe, standardOutput: .pipe,
                standardError: readsErrors ? .pipe : .null)
            let child = try ChildProcess(loop, options) { status = $0 }
            for stream in [child.standardOutput, child.standardError] {
                stream?.read({ bytes in if output.count < 64 << 10 { output.append(contentsOf: bytes) } }, end: { _ in })
            }
            child.standardInput?.write(input)
            child.standardInput?.finishWriting()
            let deadline = Timer(loop)
            var isLate = false
            deadline.start(afterMs: Self.patienceMs) {
                isLate = true
                child.kill(SIGKILL)
            }
            while status == nil { loop.runOnce(wait: true) }
            // What it wrote before it ended is still to be read.
            loop.runOnce(wait: false)
            return Result(status: status ?? .signal(0), output: output, isLate: isLate)
        }
    }
}

extension ExitStatus {
    /// For people.
    var text: Text {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): InstanceEnd.reason(signal: Int32(signal), nil)
        }
    }
}
