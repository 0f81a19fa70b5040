import CPOSIX
import Files
import JSON
import TLS

/// A file in the modules folder, looked at but not yet taken into the store.
public struct ImageFile: Sendable {
    /// What it is to be used as.
    public enum Kind: Sendable {
        /// To be loaded: a shared library for this machine.
        case library
        /// To be run: a program for this machine, or a script with `#!`.
        case executable
    }

    /// 512 MB; a board of 64 MB has no larger one, and a wrong path such as a disk is found early.
    public static let maximumSize = 512 << 20

    public let path: String
    /// Of the file when it was looked at.
    let status: FileStatus

    /// Checks that the file is there, complete, and what the manifest takes it for.
    ///
    /// - Parameter host: the header of the running program.
    public init(path: String, kind: Kind, host: ELFHeader?) throws(ImageError) {
        do throws(FileError) {
            status = try Files.status(path)
        } catch {
            throw Self.fault(error, path)
        }
        guard status.isRegular else { throw ImageError("image \(path) is not a file") }
        guard status.size <= Self.maximumSize else {
            throw ImageError("image \(path) is larger than \(Self.maximumSize >> 20) MB, which is the limit; is it the right file?")
        }
        let head: [UInt8]
        let hasWriter: Bool
        do throws(FileError) {
            hasWriter = try OpenFile(path, .read).hasWriter
            head = try Files.readHead(path, count: ELFExtent.headLength)
        } catch {
            throw Self.fault(error, path)
        }
        if hasWriter { throw Self.isBeingWritten(path) }
        try Self.check(head, path: path, kind: kind, host: host)
        if let least = ELFExtent.minimumSize(head), UInt64(status.size) < least {
            throw ImageError("image \(path) is cut off: it has \(status.size) bytes, and its ELF header speaks of \(least); copy it again")
        }
        self.path = path
    }

    private static func fault(_ error: FileError, _ path: String) -> ImageError {
        guard error.code == ENOENT else { return ImageError(error) }
        return ImageError("image \(path) is not there: put the file into the modules folder", kind: .missing)
    }

    static func isBeingWritten(_ path: String) -> ImageError {
        ImageError("image \(path) is being written; it is taken once it is complete", kind: .busy)
    }

    private static func check(_ head: [UInt8], path: String, kind: Kind, host: ELFHeader?) throws(ImageError) {
        guard let header = ELFHeader(head) else {
            if kind == .executable && head.starts(with: "#!".utf8) { return }
            throw ImageError(
                kind == .library
                    ? "image \(path) is not an ELF shared library"
                    : "image \(path) is neither an ELF program nor a script that begins with #!")
        }
        if let host, !header.fits(host) {
            throw ImageError("image \(path) was built for \(header.machineName); this machine is \(host.machineName)")
        }
        switch (kind, header.kind) {
        case (.library, .sharedObject), (.executable, .program), (.executable, .sharedObject): return
        case (.library, _): throw ImageError("image \(path) is an ELF file but not a shared library; link it with -shared")
        case (.executable, _): throw ImageError("image \(path) is an ELF file but not a program")
        }
    }
}

extension ELFHeader {
    /// The header of a file; nil where there is none.
    public static func of(path: String) -> ELFHeader? {
        (try? Files.readHead(path, count: length)).flatMap { ELFHeader($0) }
    }
}
