import EdgeAgent
import JSON

extension ModuleLog.Line {
    /// As `martlet logs` shows it: the module's own line.
    var bytes: [UInt8] { Array(text.utf8) + [UInt8(ascii: "\n")] }
}
