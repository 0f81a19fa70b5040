import CPOSIX

extension Program {
    /// Takes an option without a value out of the arguments with which the host starts itself again, also where it was shortened:
    /// what it asked for was done.
    /// - Parameter option: with its dashes, and no other of its command begins alike.
    static func leaveOut(_ option: String) {
        guard let start else { return }
        var kept = 0
        var isOption = true
        var index = 0
        while let argument = start[index] {
            index += 1
            let length = strlen(argument)
            if length == 2, argument[0] == 45, argument[1] == 45 { isOption = false }
            // `--re` and longer: shorter ones are not clear.
            if isOption, length >= 4, strncmp(argument, option, length) == 0 { continue }
            start[kept] = argument
            kept += 1
        }
        start[kept] = nil
    }
}
