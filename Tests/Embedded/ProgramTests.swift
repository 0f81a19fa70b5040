import Foundation
import Testing

@Suite(.enabled(if: Board.dist != nil, "MARTLET_DIST is not set: Toolchain/test builds for the boards and sets it"))
struct `Program of a board` {
    @Test(arguments: Board.built) func `is of the board's machine and finds its loader`(board: Board) throws {
        let program = ELFFile(board.program)
        #expect(try program.header["Machine"] == board.machine)
        #expect(try program.segments.contains { $0.contains("[Requesting program interpreter: \(board.loader)]") })
        let flags = try program.header["Flags"] ?? ""
        #expect((board.name == "armhf") == flags.contains("hard-float"), "\(flags)")
        #expect((board.name == "armel") == flags.contains("soft-float"), "\(flags)")
    }

    @Test(arguments: Board.built) func `needs the C library and nothing else`(board: Board) throws {
        let extra = try ELFFile(board.program).needed.filter { !["libc.so.6", "libm.so.6"].contains($0) && !$0.hasPrefix("ld-linux") }
        #expect(extra.isEmpty, "a board would have to install \(extra); the plan's libraries are linked from their archives")
    }

    @Test(arguments: Board.built) func `exports nothing`(board: Board) throws {
        // Copies of the C library's variables: its own linker wants them to be seen.
        let extra = try ELFFile(board.program).exports.filter { !$0.contains("@GLIBC_") }
        #expect(extra.isEmpty, "host and modules meet in tables of functions only")
    }

    @Test(arguments: Board.built) func `has no memory that is both writable and executable`(board: Board) throws {
        let segments = try ELFFile(board.program).segments
        #expect(!segments.contains { $0.contains(" RWE ") })
        #expect(segments.contains { $0.contains("GNU_STACK") && $0.contains(" RW ") })
        #expect(segments.contains { $0.contains("GNU_RELRO") })
        #expect(try ELFFile(board.program).header["Type"]?.hasPrefix("DYN") == true, "its addresses are not the same in every process")
    }

    @Test(arguments: Board.built) func `holds no path of the machine that built it`(board: Board) throws {
        let root = URL(fileURLWithPath: Board.dist!).deletingLastPathComponent().path
        for path in try [board.program] + board.libraries {
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(root.utf8)) == nil, "\(path) holds \(root)")
        }
    }

    @Test(arguments: Board.built) func `compares no strings by Unicode's rules`(board: Board) throws {
        let tables = try Output.tool("nm", board.programWithSymbols).lines.filter {
            $0.contains("swift_stdlib_getNormData") || $0.contains("swift_stdlib_getComposition")
        }
        #expect(tables.isEmpty, "a == or < or hash of String, or a Character, brings Unicode's tables: use Text or bytes; \(tables)")
    }

    @Test(arguments: Board.built) func `tells its version`(board: Board) throws {
        let output = try board.martlet("version")
        #expect(output.status == 0, "\(output.text)")
        #expect(output.text.contains("Embedded") || output.text.contains("embedded"), "\(output.text)")
    }
}
