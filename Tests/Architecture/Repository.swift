import Foundation

/// The package as it lies on disk.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Names of what is in a folder, without hidden ones, in order.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The Swift files below a folder, in order.
    static func swiftFiles(below folder: String) throws -> [SourceFile] {
        let found = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.compactMap { $0 as? String } ?? []
        return try found.filter { $0.hasSuffix(".swift") && !$0.contains(".build") }.sorted().map { try SourceFile("\(folder)/\($0)") }
    }
}
