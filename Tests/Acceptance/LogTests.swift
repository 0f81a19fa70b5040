import Foundation
import TestSupport
import Testing

/// The host's own log. (contract section 6)
struct LogTests {
    @Test(arguments: MartletProgram.all) func `every line has a syslog level, a time in UTC, a level in letters and a part`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.library("absent", "libabsent.so")
        manifest.executable("ending", "ending.sh", ["restartPolicy": "never"])
        let host = try Host(program, manifest, images: [try Images.probe])
        // What a module says does not get a line of its own in the host's log.
        try host.install(script: "#!/bin/sh\nprintf 'two\\r\\033[31m lines %5000s' | sed 's/  /ü/g' >&2\nexit 4\n", as: "ending.sh")
        try host.start("probe")
        try host.log(holding: "ending failed: ")
        let description = try #require(try host.module("ending")["description"].string)
        #expect(description.hasPrefix("exit code 4: two  [31m linesü") && description.hasSuffix("…") && description.utf8.count < 300)
        let process = try #require(host.process)
        #expect(try host.end() == .exit(0))
        _ = try process.errors.all()
        let lines = process.errors.lines
        let form = /<[3467]> \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+00:00 \[(ERR|WRN|INF|DBG)\] [a-z]+: [^\u{0}-\u{1f}]+/
        for line in lines { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
        #expect(lines.contains { $0.hasPrefix("<3> ") && $0.contains("[ERR] agent: absent failed: ") })
        let running = /.*\[INF\] agent: probe running \(library, loop, \d+\.\d ms\)/
        #expect(lines.contains { $0.wholeMatch(of: running) != nil })
        #expect(try process.output.all().isEmpty)
    }

    @Test(arguments: MartletProgram.all) func `a module's output is bounded, and the last of it is kept`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.executable("chatty", "chatty.sh")
        let host = try Host(program, manifest)
        let script =
            """
            #!/bin/sh
            i=0
            while [ $i -lt 5000 ]; do echo "line number $i of the chatty module" >&2; i=$((i+1)); done
            echo over >&2
            echo '{"method":"ready"}'
            cat > /dev/null

            """
        try host.install(script: script, as: "chatty.sh")
        try host.start("chatty")
        let log = try host.follow("logs", "chatty", "-f")
        try log.output.line(holding: "over")
        let kept = try host.martlet("logs", "chatty").output
        #expect(kept.utf8.count < 200_000)
        #expect(kept.hasSuffix("line number 4999 of the chatty module\nover\n"))
    }
}
