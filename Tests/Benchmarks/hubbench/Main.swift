import CPOSIX
import JSON

// What a message costs inside the hub, without modules. Built by `Toolchain/bench hub`, as the program is.
//
//     hubbench source|property|body|conditions|every ROUTES COUNT FOLDER

/// The entry point, as of the program; Embedded Swift has no `CommandLine`.
@c(hubbench_main)
public func hubbenchMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    var words: [Text] = []
    for index in 0..<Int(count) {
        guard let argument = arguments[index] else { break }
        words.append(Text(String(cString: argument)))
    }
    guard words.count == 5, let routes = Int(words[2].string), let rounds = Int(words[3].string) else { return 2 }
    let result = RoutingBench.run(words[1], routes: routes, messages: rounds, folder: words[4])
    puts(result.text.string)
    return result.isRight ? 0 : 1
}
