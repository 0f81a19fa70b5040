import Foundation
import Testing

@Suite(.enabled(if: Board.dist != nil, "MARTLET_DIST is not set: Toolchain/test builds for the boards and sets it"))
struct `Module files of a board` {
    @Test(arguments: Board.built) func `are of the board's machine`(board: Board) throws {
        for library in try board.libraries {
            #expect(try ELFFile(library).header["Machine"] == board.machine, "\(library)")
        }
    }

    @Test(arguments: Board.built) func `export martlet_module alone, or only the functions of a plain library`(board: Board) throws {
        let exports = try board.libraries.map { try ELFFile($0).exports }
        #expect(exports.contains(["martlet_module"]), "no module of the samples is there")
        for symbols in exports where symbols != ["martlet_module"] {
            #expect(
                !symbols.isEmpty && !symbols.contains("martlet_module")
                    && !symbols.contains { $0.hasPrefix("$") || $0.hasPrefix("swift_") }, "\(symbols)")
        }
    }

    @Test(arguments: Board.built) func `need the C library and nothing else`(board: Board) throws {
        for library in try board.libraries {
            let extra = try ELFFile(library).needed.filter { !["libc.so.6", "libm.so.6"].contains($0) && !$0.hasPrefix("ld-linux") }
            #expect(extra.isEmpty, "\(library) needs \(extra)")
        }
    }

    /// `check` loads an image in a child, which no emulator starts: only on this machine's board.
    @Test(arguments: Board.built.filter(\.emulator.isEmpty)) func `are what the sample manifest asks for`(board: Board) throws {
        let output = try board.martlet("check", board.folder + "/share/martlet/hannover01.json")
        #expect(output.status == 0, "\(output.text)")
    }
}
