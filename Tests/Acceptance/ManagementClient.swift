import Foundation
import TestSupport

/// One connection to a management socket, for requests one after the other. It bears that the host dies at any moment.
final class ManagementClient {
    struct Answer {
        let status: Int
        let body: [UInt8]
        var json: JSONValue { (try? JSONValue(parsing: String(decoding: body, as: UTF8.self))) ?? JSONValue(nil) }
    }

    private let descriptor: Int32
    private var unread: [UInt8] = []

    /// nil: nobody listens there.
    init?(_ path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: Int(Transcript.patience), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        if result != 0 { return nil }
    }

    deinit { close(descriptor) }

    /// A request and its answer. nil: the connection ended before the whole answer was there.
    func ask(_ method: String, _ path: String, _ body: String? = nil, headers: [String] = []) -> Answer? {
        ask(method, path, body: body.map { Array($0.utf8) }, headers: headers)
    }

    func ask(_ method: String, _ path: String, body: [UInt8]?, headers: [String] = []) -> Answer? {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n" + headers.map { $0 + "\r\n" }.joined()
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        // The answer may come, and the connection end, before all is sent: then the answer counts.
        write(Array((head + "\r\n").utf8) + (body ?? []))
        return answer()
    }

    private func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            sent += count
        }
    }

    private func answer() -> Answer? {
        var (status, length) = (0, 0)
        while true {
            guard let line = line() else { return nil }
            if line.isEmpty { break }
            if line.hasPrefix("HTTP/1.1 ") { status = Int(line.dropFirst(9).prefix(3)) ?? 0 }
            if line.lowercased().hasPrefix("content-length:") { length = Int(line.dropFirst(15).drop { $0 == " " }) ?? 0 }
        }
        while unread.count < length { if !more() { return nil } }
        defer { unread.removeFirst(length) }
        return Answer(status: status, body: Array(unread.prefix(length)))
    }

    /// The next line, without its end.
    private func line() -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<max(0, end - 1)], as: UTF8.self)
            }
            if !more() { return nil }
        }
    }

    private func more() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count <= 0 { return false }
        unread += buffer[..<count]
        return true
    }
}
