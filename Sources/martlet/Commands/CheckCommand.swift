extension Command {
    static var check: Command {
        Command(
            name: "check", synopsis: "MANIFEST", summary: "Validates a manifest and the images that are there",
            details: "Reports everything that is wrong, not the first. Exit 0 where it can be run (warnings allowed), else 2.",
            operandCount: 1...1,
            options: [.modules]
        ) { (arguments) throws(CommandFailure) in
            checkManifest(path: arguments.operands[0], modules: arguments.folder(.modules))
        }
    }
}
