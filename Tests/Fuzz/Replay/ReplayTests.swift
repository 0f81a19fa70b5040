import Foundation
import FuzzTargets
import Testing

/// Seeds, and what once failed: kept, so that it fails never again.
@Suite struct ReplayTests {
    @Test(arguments: FuzzTarget.all.map(\.name)) func `seeds and kept failures are taken`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Corpus/\(name)").standardized
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "\(folder.path) has no seeds")
        for file in files.sorted(by: { $0.path < $1.path }) {
            let fault = target.fault([UInt8](try Data(contentsOf: file)))
            #expect(fault == nil, "\(file.lastPathComponent)")
        }
    }
}
