import CPOSIX
import CUV

/// A child process. Dropping this leaves the process alone: it runs on, is collected when it ends, and `onExit` is not called.
/// `Loop.close` kills every child that still runs.
public final class ChildProcess {
    private let loop: Loop
    private let handle: Handle
    private let ownSession: Bool
    private var onExit: ((ExitStatus) -> Void)?

    public let pid: Int32
    /// What the child reads; nil unless a pipe was asked for. Dropped, the child sees the end of its input.
    public private(set) var standardInput: Stream?
    /// What the child writes; may hold more after the exit, up to its own end.
    public private(set) var standardOutput: Stream?
    public private(set) var standardError: Stream?
    /// nil while it runs.
    public private(set) var exitStatus: ExitStatus?

    /// Starts the process. `fork` copies the page tables: the cost grows with the memory of this process.
    /// - Parameter onExit: once, on the loop. The child is collected then; its streams may still hold output.
    /// - Throws: ENOENT, EACCES, ENOEXEC for the file or its folder, ENOENT for the working directory, EMFILE, EAGAIN, ENOMEM;
    ///   E2BIG for arguments or environment; EBADF for a descriptor.
    public init(_ loop: Loop, _ options: ChildOptions, onExit: @escaping (ExitStatus) -> Void) throws(UVError) {
        var options = options
        let input: Stream?
        var inputEnd: Int32?
        if options.standardInput == .countedPipe {
            let pipe = try Stream.pipe(loop)
            input = pipe.stream
            inputEnd = pipe.readEnd
            options.standardInput = .descriptor(pipe.readEnd)
        } else {
            input = try ChildProcess.stream(loop, options.standardInput)
        }
        defer { if let inputEnd { close(inputEnd) } }
        let output = try ChildProcess.stream(loop, options.standardOutput)
        let error = try ChildProcess.stream(loop, options.standardError)
        // uv_spawn makes a handle even where it fails, and that must be closed: so it is not the init function of `Handle`.
        let handle = try Handle(UV_PROCESS, loop.raw) { _, memory in
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<uv_process_t>.size)
            return 0
        }
        let containers = [
            ChildProcess.container(options.standardInput, input, 0, UV_READABLE_PIPE),
            ChildProcess.container(options.standardOutput, output, 1, UV_WRITABLE_PIPE),
            ChildProcess.container(options.standardError, error, 2, UV_WRITABLE_PIPE),
        ]
        let status = ChildProcess.spawn(loop, handle, options, containers)
        self.loop = loop
        self.handle = handle
        self.ownSession = options.ownSession
        self.onExit = onExit
        self.pid = handle.pointer(as: uv_process_t.self)?.pointee.pid ?? 0
        self.standardInput = input
        self.standardOutput = output
        self.standardError = error
        handle.setOwner(self)
        try UVError.check(status)
    }

    /// Sends a signal to the process. Does nothing after its exit: the number may be another process's by then.
    public func kill(_ signal: Int32) {
        guard exitStatus == nil, handle.isOpen else { return }
        _ = CPOSIX.kill(pid, signal)
    }

    /// Sends a signal to all of the process's group, its own children included. With `ownSession` only; else like `kill`.
    /// After the exit it reaches what the process left behind; call it in `onExit`, not long after, as numbers come again.
    public func killGroup(_ signal: Int32) {
        guard ownSession else { return kill(signal) }
        _ = CPOSIX.kill(-pid, signal)
    }

    private func exited(_ status: ExitStatus) {
        exitStatus = status
        let onExit = self.onExit
        self.onExit = nil
        onExit?(status)
    }

    private static func spawn(
        _ loop: Loop, _ handle: Handle, _ options: ChildOptions, _ containers: [uv_stdio_container_t]
    ) -> Int32 {
        guard let raw = loop.raw, let process: UnsafeMutablePointer<uv_process_t> = handle.pointer() else {
            return UVError.canceled.code
        }
        let data = process.pointee.data
        let arguments = CStringArray(options.arguments)
        let environment = CStringArray(options.environment)
        let strings = CStringArray([options.file, options.workingDirectory ?? ""])
        var containers = containers
        var native = uv_process_options_t()
        native.exit_cb = ChildProcess.exitCallback
        native.file = UnsafePointer(strings.pointer[0])
        native.cwd = options.workingDirectory == nil ? nil : UnsafePointer(strings.pointer[1])
        native.args = arguments.pointer
        native.env = environment.pointer
        native.flags = options.ownSession ? UV_PROCESS_DETACHED.rawValue : 0
        let status = containers.withUnsafeMutableBufferPointer { containers in
            native.stdio = containers.baseAddress
            native.stdio_count = Int32(containers.count)
            return uv_spawn(raw, process, &native)
        }
        withExtendedLifetime((arguments, environment, strings)) {}
        process.pointee.data = data
        return status
    }

    private static let exitCallback: uv_exit_cb = { process, code, signal in
        guard let process else { return }
        let child = Handle.owner(process.pointee.data, as: ChildProcess.self)
        // No longer active: closing it now collects the handle, with or without an owner.
        if let child {
            child.handle.close()
            child.exited(signal != 0 ? .signal(Int(signal)) : .code(Int(code)))
        } else {
            Handle.close(UnsafeMutableRawPointer(process).assumingMemoryBound(to: uv_handle_t.self))
        }
    }

    private static func stream(_ loop: Loop, _ standard: ChildOptions.Standard) throws(UVError) -> Stream? {
        guard case .pipe = standard else { return nil }
        return Stream(loop, try Stream.pipeHandle(loop))
    }

    private static func container(
        _ standard: ChildOptions.Standard, _ stream: Stream?, _ own: Int32, _ direction: uv_stdio_flags
    ) -> uv_stdio_container_t {
        var container = uv_stdio_container_t()
        switch standard {
        case .pipe, .countedPipe:
            container.flags = uv_stdio_flags(UV_CREATE_PIPE.rawValue | direction.rawValue)
            container.data.stream = stream?.handle.pointer()
        case .inherit:
            container.flags = UV_INHERIT_FD
            container.data.fd = own
        case .null:
            container.flags = UV_IGNORE
        case .descriptor(let descriptor):
            container.flags = UV_INHERIT_FD
            container.data.fd = descriptor
        }
        return container
    }
}
