import Testing

@Suite struct `Layout` {
    @Test func `the top level holds what a visitor needs and no more`() throws {
        let allowed: Set = ["Package.swift", "Sources", "Tests", "modules-sample", "Toolchain", "README.md"]
        let made: Set = ["dist", "Package.resolved"]  // by building; git ignores them
        let extra = try Repository.names(in: ".").filter { !allowed.contains($0) && !made.contains($0) }
        #expect(extra.isEmpty, "\(extra) does not belong on the top level: allowed are \(allowed.sorted())")
    }

    @Test func `every room with Swift in it has tests in a folder of its name`() throws {
        let tested = Set(try Repository.names(in: "Tests")).union(["ModuleLinks", "martlet"])  // protocols; Acceptance tests the program
        for room in try Repository.names(in: "Sources") {
            let isSwift = try !Repository.swiftFiles(below: "Sources/\(room)").isEmpty
            #expect(!isSwift || tested.contains(room), "Sources/\(room) has no Tests/\(room)")
        }
    }

    @Test func `a sample is a folder with a README and one build file`() throws {
        let built = ["modules", "state", "run"]
        for sample in try Repository.names(in: "modules-sample") where !sample.contains(".") && !built.contains(sample) {
            let files = try Repository.names(in: "modules-sample/\(sample)")
            let builds = files.filter { ["Makefile", "Package.swift"].contains($0) }
            #expect(builds.count == 1, "modules-sample/\(sample) has the build files \(builds): Toolchain/build wants one")
            #expect(files.contains("README.md"), "modules-sample/\(sample) has no README.md")
        }
    }

    @Test func `the table of contents has every article and decision`() throws {
        let folder = "Sources/martlet/Martlet.docc"
        let contents = try String(contentsOf: Repository.root.appendingPathComponent("\(folder)/Martlet.md"), encoding: .utf8)
        let articles = try Repository.names(in: folder) + Repository.names(in: "\(folder)/Decisions")
        for article in articles where article.hasSuffix(".md") && article != "Martlet.md" {
            #expect(contents.contains("<doc:\(article.dropLast(3))>"), "\(folder)/Martlet.md does not list \(article)")
        }
    }
}
