import CPOSIX

/// The host starts itself again, in the process that it has: a service manager sees nothing of it, locks and sockets are taken again,
/// and children end, because the thread that made them does.
enum HostRestart {
    /// Returns only where that cannot be.
    static func restart(_ state: UnsafeMutablePointer<ContainmentState>) {
        guard let arguments = state.pointee.arguments else { return }
        // What modules opened.
        martlet_close_at_exec(3)
        if state.pointee.folder >= 0 { fchdir(state.pointee.folder) }
        // The program that runs, also where its file was replaced.
        execve("/proc/self/exe", arguments, state.pointee.environment)
    }

    /// The first thing after a restart. Children of the process as it was before are nobody's, and have been told to end: waits for
    /// them, 1 s at most. And who looks for the program by its name finds it.
    static func arrive() {
        martlet_name_process("martlet")
        for _ in 0..<100 {
            var collected: Int32 = 0
            repeat { collected = waitpid(-1, nil, WNOHANG) } while collected > 0
            if collected < 0 { return }
            poll(nil, 0, 10)
        }
    }
}
