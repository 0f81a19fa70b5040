import CPOSIX
import JSON
import UV

/// The child process of one library or functions instance: frames come on its standard input and go to its standard output.
/// A crash of the library ends this process only.
final class InstanceChild {
    private static let readBytes = 64 << 10

    private let loop: Loop
    private let runner: InstanceRunner
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBytes, alignment: 16)

    /// Runs until the host says stop or is gone. Returns the exit code.
    static func run(host: Int32) -> Int32 {
        guard ChildCommand.endWithHost(host) else { return 1 }
        do throws(UVError) {
            try InstanceChild().run()
            // What the library printed leaves; what it registered for the end, and threads that it left, are not asked any more.
            fflush(nil)
            _exit(0)
        } catch {
            let line = "cannot start: \(error.message)\n"
            _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            return 1
        }
    }

    private init() throws(UVError) {
        // The library may print: what it prints is log. Only this process knows the pipe to the host.
        let pipe = ChildPipe(martlet_private_duplicate(STDOUT_FILENO))
        dup2(STDERR_FILENO, STDOUT_FILENO)
        let loop = try Loop()
        self.loop = loop
        runner = InstanceRunner(
            loop: loop, table: HostTable(),
            marks: { name, request in
                request.watchdog.map {
                    ContainedModule(containment: Containment(child: pipe, $0), name: name, file: name, digest: "").calls(loop)
                }
            }, send: { pipe.send($0) })
    }

    private func run() throws(UVError) {
        let input = try PollWatcher(loop, fileDescriptor: STDIN_FILENO)
        input.start(readable: true) { [self] _, _ in readAll() }
        loop.run()
        input.close()
        loop.close()
    }

    /// Everything that is there: a stop may be behind many messages.
    private func readAll() {
        while true {
            let count = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            if count > 0 {
                runner.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                // That was all; asking once more would say so, at the price of a system call for each message.
                if count < buffer.count { return }
            } else if count == 0 || martlet_errno() != EAGAIN && martlet_errno() != EINTR {
                return loop.stop()
            } else if martlet_errno() == EAGAIN {
                return
            }
        }
    }
}
