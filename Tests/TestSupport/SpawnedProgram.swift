import Foundation

/// How a program ended.
public enum ProgramEnd: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
}

/// A program that runs beside the test, in a process group of its own. It is killed with this object.
public final class SpawnedProgram: @unchecked Sendable {
    public let pid: pid_t
    public let output = Transcript()
    public let errors = Transcript()
    private let condition = NSCondition()
    private var end: ProgramEnd?
    private var inputDescriptor: Int32

    /// - Parameters:
    ///   - arguments: the program's path first.
    ///   - environment: beside `PATH`, `HOME` and `LANG`, which it gets in any case.
    public init(_ arguments: [String], environment: [String: String] = [:], folder: String? = nil) throws {
        var (input, output, errors) = ([Int32](repeating: -1, count: 2), [Int32](repeating: -1, count: 2), [Int32](repeating: -1, count: 2))
        guard GNU.pipe2(&input, O_CLOEXEC) == 0, GNU.pipe2(&output, O_CLOEXEC) == 0, GNU.pipe2(&errors, O_CLOEXEC) == 0 else {
            throw Late("no pipe: errno \(errno)")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
        _ = GNU.closeFrom(&actions, 3)
        if let folder { _ = GNU.changeFolder(&actions, folder) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores or blocks is its own affair.
        var (signals, none) = (sigset_t(), sigset_t())
        sigfillset(&signals)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        var variables = environment
        for name in ["PATH", "HOME", "LANG"] where variables[name] == nil {
            variables[name] = ProcessInfo.processInfo.environment[name]
        }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        for descriptor in [input[0], output[1], errors[1]] { close(descriptor) }
        self.pid = pid
        inputDescriptor = input[1]
        guard code == 0 else {
            for descriptor in [output[0], errors[0]] { close(descriptor) }
            end = .exit(-1)
            throw Late("cannot start \(arguments[0]): \(String(cString: strerror(code)))")
        }
        self.output.collect(output[0])
        self.errors.collect(errors[0])
        Thread.detachNewThread { [pid, weak self] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            self?.ended(status & 0x7F == 0 ? .exit((status >> 8) & 0xFF) : .signal(status & 0x7F))
        }
    }

    deinit {
        closeInput()
        if end == nil { kill(pid, SIGKILL) }
    }

    private func ended(_ end: ProgramEnd) {
        condition.lock()
        self.end = end
        condition.broadcast()
        condition.unlock()
    }

    public func signal(_ number: Int32) {
        condition.lock()
        defer { condition.unlock() }
        if end == nil { kill(pid, number) }
    }

    /// Writes to its standard input; what it does not take any more is left out.
    public func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(inputDescriptor, $0) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    private func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Foundation.signal(SIGPIPE, SIG_IGN)
        return Foundation.write(descriptor, bytes.baseAddress, bytes.count)
    }

    public func closeInput() {
        if inputDescriptor >= 0 { close(inputDescriptor) }
        inputDescriptor = -1
    }

    public func waitForEnd() throws -> ProgramEnd {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: Transcript.patience)
        while true {
            if let end { return end }
            guard condition.wait(until: deadline) else {
                throw Late("process \(pid) did not end; its errors:\n" + errors.lines.suffix(60).joined(separator: "\n"))
            }
        }
    }
}

/// What a program that has ended left.
public struct ProgramResult {
    public let end: ProgramEnd
    public let output: String
    public let errors: String
    /// Nothing but its exit code; -1 for a signal.
    public var code: Int32 { if case .exit(let code) = end { code } else { -1 } }
}

/// Runs a program to its end.
public func runProgram(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], folder: String? = nil
) throws -> ProgramResult {
    let program = try SpawnedProgram(arguments, environment: environment, folder: folder)
    program.write(input)
    program.closeInput()
    let end = try program.waitForEnd()
    return ProgramResult(
        end: end, output: String(decoding: try program.output.all(), as: UTF8.self),
        errors: String(decoding: try program.errors.all(), as: UTF8.self))
}

/// Any process of this machine, by its number.
public enum OtherProcess {
    /// Whether it runs; one that has ended and is not reaped yet does not.
    public static func isRunning(_ pid: Int) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        else { return false }
        let state = status[status.index(end, offsetBy: 2)]
        return state != "Z" && state != "X"
    }

    /// Waits until it has ended.
    public static func waitForEnd(_ pid: Int) throws {
        let descriptor = GNU.openProcess(pid_t(pid), 0)
        if descriptor < 0 { return }
        defer { close(descriptor) }
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Foundation.poll(&poll, 1, Int32(Transcript.patience * 1000)) == 1 else { throw Late("process \(pid) still runs") }
    }
}
