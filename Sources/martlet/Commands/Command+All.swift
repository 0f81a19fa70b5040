extension Command {
    /// In the order of the help.
    static var all: [Command] {
        [
            .run, .check, .list, .twin, .identity, .certificate, .invoke, .send, .monitor, .queues, .logs, .restart, .stop, .start, .route,
            .sdk,
            .version,
        ]
    }
}
