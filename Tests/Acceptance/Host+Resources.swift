import Foundation
import TestSupport

extension Host {
    /// What the host's process holds now.
    func resources() throws -> (descriptors: Int, threads: Int, residentKB: Int) {
        guard let pid = process?.pid else { throw Late("the host does not run") }
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }?.split(separator: " ").dropFirst().first
        return (descriptors, threads, resident.flatMap { Int($0) } ?? 0)
    }
}
