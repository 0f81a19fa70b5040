/// One option of a command. Every option has a long name.
struct Option {
    let name: String
    /// Its letter, as in `-f`; nil where it has none.
    var letter: UInt8?
    /// What stands for its value in the help; nil: it has no value.
    var value: String?
    let summary: String

    static let help = Option(name: "help", letter: UInt8(ascii: "h"), summary: "say this")

    /// Of every command that talks to a running host.
    static let runtime = Option(name: "runtime", value: "DIR", summary: "the host's runtime directory")

    /// `-f, --follow` or `--tail N`
    var spelling: String {
        var text = ""
        if let letter { text += "-\(String(decoding: [letter], as: UTF8.self)), " }
        text += "--\(name)"
        if let value { text += " \(value)" }
        return text
    }
}
