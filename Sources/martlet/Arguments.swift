import CPOSIX
import JSON

/// What follows the command's name, read by getopt_long: options in any place, `--` ends them, long names may be shortened.
struct Arguments {
    private(set) var operands: [String] = []
    private var values: [(name: String, value: String)] = []

    /// - Parameter command: how messages about wrong options begin, `martlet list`.
    init(parsing arguments: [String], command: String, options: [Option]) throws(CommandFailure) {
        var argv: [UnsafeMutablePointer<CChar>?] = [strdup(command)] + arguments.map { strdup(Self.hidden($0)) }
        argv.append(nil)
        let names = options.map { strdup($0.name) }
        let owned = argv + names
        defer { for string in owned { free(string) } }
        // A letter is its own value; options without one have numbers beyond all letters.
        var long: [option] = []
        var letters: [CChar] = []
        for (index, entry) in options.enumerated() {
            let takesValue = entry.value == nil ? no_argument : required_argument
            long.append(
                option(name: names[index], has_arg: takesValue, flag: nil, val: entry.letter.map { Int32($0) } ?? Int32(256 + index)))
            guard let letter = entry.letter else { continue }
            letters.append(CChar(letter))
            if entry.value != nil { letters.append(CChar(UInt8(ascii: ":"))) }
        }
        long.append(option())
        letters.append(0)
        martlet_restart_options()
        while true {
            var value: UnsafePointer<CChar>?
            let found = martlet_next_option(Int32(argv.count - 1), &argv, letters, long, &value)
            if found == -1 { break }
            guard let entry = options.enumerated().first(where: { found == $1.letter.map { Int32($0) } ?? Int32(256 + $0) })?.element else {
                throw .usage(nil)
            }
            values.append((entry.name, value.map(Self.shown) ?? ""))
        }
        for index in Int(martlet_first_operand())..<argv.count - 1 {
            if let operand = argv[index] { operands.append(Self.shown(operand)) }
        }
    }

    /// No option is a digit: what begins with one behind "-" is a number. The marker hides it from getopt_long.
    private static func hidden(_ argument: String) -> String {
        let bytes = Array(argument.utf8.prefix(2))
        guard bytes.count == 2, bytes[0] == UInt8(ascii: "-"), bytes[1] >= UInt8(ascii: "0"), bytes[1] <= UInt8(ascii: "9") else {
            return argument
        }
        return "\u{1}" + argument
    }

    private static func shown(_ argument: UnsafePointer<CChar>) -> String {
        String(cString: argument.pointee == 1 && argument[1] == CChar(UInt8(ascii: "-")) ? argument + 1 : argument)
    }

    @inline(never)
    func has(_ option: String) -> Bool { !all(option).isEmpty }

    /// The value that was given last.
    func value(_ option: String) -> String? { all(option).last }

    func all(_ option: String) -> [String] {
        var found: [String] = []
        for (name, value) in values where Text(name) == Text(option) { found.append(value) }
        return found
    }

    /// The NAME among the operands; nil: it was left out. An empty one, as of a variable that is not set, is no name.
    func name() throws(CommandFailure) -> Text? {
        guard let name = operands.first else { return nil }
        if name.utf8.isEmpty { throw .usage("NAME is empty: leave it out, or give one") }
        return Text(name)
    }
}
