import Testing

@Suite struct `Imports` {
    @Test(arguments: Room.all) func `a room imports only what lies below it`(room: Room) throws {
        for file in try Repository.swiftFiles(below: "Sources/\(room.name)") {
            for line in file.imports where !room.mayImport.contains(line.module) {
                let allowed = room.mayImport.sorted().joined(separator: ", ")
                Issue.record("\(file.path):\(line.number) imports \(line.module). \(room.name) is \(room.why). It may import \(allowed).")
            }
        }
    }

    @Test func `every room has its place in the house`() throws {
        let known = Set(Room.all.map(\.name))
        for name in try Repository.names(in: "Sources") where !known.contains(name) {
            let content = try Repository.names(in: "Sources/\(name)")
            #expect(
                name.hasPrefix("C") && content.contains("module.modulemap"),
                "Sources/\(name) is not in Room.all: say there what it may import and why")
        }
    }

    @Test func `no rooms may import each other in a circle`() {
        let names = Set(Room.all.map(\.name))
        var open = Dictionary(uniqueKeysWithValues: Room.all.map { ($0.name, $0.mayImport.intersection(names)) })
        while let free = open.first(where: { $0.value.isEmpty })?.key {
            open[free] = nil
            for name in open.keys { open[name]?.remove(free) }
        }
        #expect(open.isEmpty, "a circle goes through \(open.keys.sorted())")
    }

    @Test(arguments: ["CUV", "CFFI", "CSQLite", "CJansson", "CMbedTLS", "CNettle", "CHTTPParser"])
    func `a C library belongs to one room`(library: String) {
        let owners = Room.all.filter { $0.mayImport.contains(library) }.map(\.name)
        #expect(owners.count == 1, "\(library) has the owners \(owners): its handles and rules stay in one room")
    }

    @Test func `the scanner sees imports of every form`() {
        let text = "public import A\n@_exported import B\n// import C\nlet important = 1"
        #expect(SourceFile(path: "Sources/UV/X.swift", text: text).imports.map(\.module) == ["A", "B"])
    }
}
