import Foundation

/// Functions of glibc that Swift's module of it leaves out.
enum GNU {
    typealias Pipe = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
    typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>
    typealias CloseFrom = @convention(c) (Actions, Int32) -> Int32
    typealias ChangeFolder = @convention(c) (Actions, UnsafePointer<CChar>) -> Int32
    typealias OpenProcess = @convention(c) (pid_t, UInt32) -> Int32

    static let pipe2 = unsafeBitCast(symbol("pipe2"), to: Pipe.self)
    static let closeFrom = unsafeBitCast(symbol("posix_spawn_file_actions_addclosefrom_np"), to: CloseFrom.self)
    static let changeFolder = unsafeBitCast(symbol("posix_spawn_file_actions_addchdir_np"), to: ChangeFolder.self)
    /// A descriptor that becomes readable when the process ends.
    static let openProcess = unsafeBitCast(symbol("pidfd_open"), to: OpenProcess.self)

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer {
        guard let symbol = dlsym(nil, name) else { preconditionFailure("this libc has no \(name)") }
        return symbol
    }
}
