import CPOSIX

// What a twin update costs without host and disk. Built by `Toolchain/bench twins`, as the program is.
//
//     twinbench merge|parsed TWIN PATCH OTHER COUNT

/// The entry point, as of the program; Embedded Swift has no `CommandLine`.
@c(twinbench_main)
public func twinbenchMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    var words: [[UInt8]] = []
    for index in 0..<Int(count) {
        guard let argument = arguments[index] else { break }
        words.append(Array(String(cString: argument).utf8))
    }
    guard words.count == 6, let rounds = Int(String(decoding: words[5], as: UTF8.self)) else { return 2 }
    let bench = MergeBench(twin: words[2], patches: [words[3], words[4]], isParsed: words[1].first == UInt8(ascii: "p"))
    return puts(bench.run(rounds)) < 0 ? 1 : 0
}
