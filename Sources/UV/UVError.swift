import CPOSIX
import CUV

/// What libuv or the system refused, as libuv's code: the negative `errno` on Linux.
public struct UVError: Error, Equatable, Sendable {
    /// Negative, for example -2 for ENOENT.
    public let code: Int32

    /// - Parameter code: libuv's, negative.
    public init(code: Int32) {
        self.code = code
    }

    /// - Parameter errno: the system's, positive.
    public init(errno: Int32) {
        self.code = -errno
    }

    /// The name in the manual pages: `ENOENT`.
    public var name: String {
        text { uv_err_name_r(code, $0, $1) }
    }

    /// `no such file or directory`.
    public var message: String {
        text { uv_strerror_r(code, $0, $1) }
    }

    /// The result of a libuv call: below zero is an error.
    static func check(_ status: Int32) throws(UVError) {
        if status < 0 { throw UVError(code: status) }
    }

    /// The `_r` variants of libuv's functions: the others leak memory for unknown codes.
    @inline(never)
    private func text(_ write: (UnsafeMutablePointer<CChar>, Int) -> UnsafeMutablePointer<CChar>?) -> String {
        let capacity = 96
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
        defer { buffer.deallocate() }
        buffer[0] = 0
        _ = write(buffer, capacity)
        return String(cString: buffer)
    }
}

extension UVError: CustomStringConvertible {
    /// `ENOENT: no such file or directory`.
    public var description: String { name + ": " + message }
}

extension UVError {
    public static let addressInUse = UVError(errno: EADDRINUSE)
    public static let badDescriptor = UVError(errno: EBADF)
    public static let brokenPipe = UVError(errno: EPIPE)
    /// The handle or its loop was closed first.
    public static let canceled = UVError(errno: ECANCELED)
    public static let connectionRefused = UVError(errno: ECONNREFUSED)
    public static let connectionReset = UVError(errno: ECONNRESET)
    public static let exists = UVError(errno: EEXIST)
    public static let invalid = UVError(errno: EINVAL)
    public static let nameTooLong = UVError(errno: ENAMETOOLONG)
    public static let noEntry = UVError(errno: ENOENT)
    public static let noProcess = UVError(errno: ESRCH)
    public static let notConnected = UVError(errno: ENOTCONN)
    public static let notPermitted = UVError(errno: EPERM)
    public static let notSocket = UVError(errno: ENOTSOCK)
    public static let permissionDenied = UVError(errno: EACCES)
    public static let timedOut = UVError(errno: ETIMEDOUT)
    public static let tryAgain = UVError(errno: EAGAIN)
}
