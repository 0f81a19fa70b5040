/// One command of the command line. Each has a file of its own; the table is in `Command+All.swift`.
struct Command {
    let name: String
    /// What stands behind the name in its usage line.
    let synopsis: String
    let summary: String
    /// What the help says beyond the summary; empty or whole lines.
    var details: String = ""
    var operandCount: ClosedRange<Int> = 0...0
    var options: [Option] = []
    let run: (Arguments) throws(CommandFailure) -> Int32

    var allOptions: [Option] { options + [.help] }

    var help: String {
        var text = "Usage: martlet \(name)"
        if synopsis.utf8.count > 0 { text += " \(synopsis)" }
        text += "\n\n\(summary).\n"
        if details.utf8.count > 0 { text += "\n\(details)\n" }
        text += "\nOptions:\n"
        for option in allOptions { text += Table.padded("  \(option.spelling)", to: 28) + "\(option.summary)\n" }
        return text
    }
}
