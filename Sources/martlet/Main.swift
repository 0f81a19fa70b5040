import CPOSIX

/// The entry point. Package manager and toolsets name it `main` at link time; Embedded Swift has no `CommandLine`.
@c(martlet_main)
public func martletMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    martlet_unblock_signals()
    Program.start = arguments
    var texts: [String] = []
    for index in 0..<Int(count) {
        guard let argument = arguments[index] else { break }
        texts.append(String(cString: argument))
    }
    return Program.run(Array(texts.dropFirst()))
}
