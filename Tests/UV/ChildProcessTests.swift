import CPOSIX
import Foundation
import TestSupport
import Testing
import UV

@Suite struct ChildProcessTests {
    private func shell(_ script: String, ownSession: Bool = true) -> ChildOptions {
        ChildOptions(
            file: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "PLACE=Hannover"],
            standardInput: .pipe, standardOutput: .pipe, standardError: .pipe, ownSession: ownSession)
    }

    /// Runs to exit and end of output.
    private func outcome(_ options: ChildOptions, input: [UInt8] = []) throws -> (UV.ExitStatus, out: String, err: String) {
        let loop = try Loop()
        var status: UV.ExitStatus?
        var out: [UInt8] = []
        var err: [UInt8] = []
        var open = 0
        let child = try ChildProcess(loop, options) { status = $0 }
        if let stream = child.standardOutput {
            open += 1
            stream.read({ out.append(contentsOf: $0) }, end: { _ in open -= 1 })
        }
        if let stream = child.standardError {
            open += 1
            stream.read({ err.append(contentsOf: $0) }, end: { _ in open -= 1 })
        }
        child.standardInput?.write(input)
        child.standardInput?.finishWriting()
        #expect(run(loop) { status != nil && open == 0 })
        #expect(child.exitStatus == status)
        return (try #require(status), String(decoding: out, as: UTF8.self), String(decoding: err, as: UTF8.self))
    }

    @Test func `a child has its streams, environment and exit code`() throws {
        let result = try outcome(shell("cat; echo $PLACE; echo oops >&2; exit 7"), input: Array("in\n".utf8))
        #expect(result.0 == UV.ExitStatus.code(7))
        #expect(result.out == "in\nHannover\n")
        #expect(result.err == "oops\n")
    }

    @Test func `of a counted pipe it is known what the child has read, also after its end`() throws {
        let loop = try Loop()
        var options = shell("read a; echo got; read b; echo got; while read c && [ \"$c\" != x ]; do :; done; kill -9 $$")
        options.standardInput = .countedPipe
        var status: UV.ExitStatus?
        let child = try ChildProcess(loop, options) { status = $0 }
        let input = try #require(child.standardInput)
        var lines = 0
        child.standardOutput?.read({ bytes in lines += bytes.filter { $0 == 10 }.count }, end: { _ in })
        #expect(input.readBytes == 0)
        input.write(Array("12345\n".utf8))
        #expect(run(loop) { lines == 1 })
        #expect(input.readBytes == 6)
        input.write(Array("1\n".utf8))
        #expect(run(loop) { lines == 2 })
        #expect(input.readBytes == 8)
        // More than a pipe takes at once, behind the line that ends the child.
        input.write(Array("x\n".utf8) + [UInt8](repeating: 10, count: 300_000))
        #expect(run(loop) { status != nil })
        #expect(status == .signal(9))
        #expect(input.readBytes == 10)
        input.close()
        #expect(input.readBytes == nil)
    }

    @Test func `nothing is inherited but what is given`() throws {
        let options = ChildOptions(
            file: "env", arguments: ["env"], environment: ["ONLY=this"], standardOutput: .pipe)
        #expect(try outcome(options).out == "ONLY=this\n")
    }

    @Test func `it runs in its folder`() throws {
        let folder = TemporaryFolder()
        var options = shell("pwd -P")
        options.workingDirectory = folder.path
        let place = try outcome(options).out
        let name = try #require(folder.path.split(separator: "/").last)
        #expect(place.hasSuffix(String(name) + "\n"))
    }

    @Test func `a descriptor and null are its streams`() throws {
        let folder = TemporaryFolder()
        let file = martlet_open(try folder.write("", to: "log"), O_WRONLY | O_APPEND, 0)
        var options = shell("cat; echo out; echo err >&2")
        options.standardInput = .null
        options.standardOutput = .descriptor(file)
        options.standardError = .descriptor(file)
        #expect(try outcome(options).0 == .code(0))
        #expect(close(file) == 0)
        #expect(try String(contentsOfFile: folder.path("log"), encoding: .utf8) == "out\nerr\n")
    }

    @Test func `a signal that ended it is told, and kill after the exit does nothing`() throws {
        let loop = try Loop()
        var status: UV.ExitStatus?
        let child = try ChildProcess(loop, shell("cat")) { status = $0 }
        #expect(kill(child.pid, 0) == 0)
        child.kill(SIGTERM)
        #expect(run(loop) { status != nil })
        #expect(status == .signal(Int(SIGTERM)))
        child.kill(SIGKILL)
        #expect(kill(child.pid, 0) != 0)
    }

    @Test func `what is not there is ENOENT, what is no program EACCES, and the loop is clean after it`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        let text = try folder.write("x", to: "text")
        var noFolder = shell("true")
        noFolder.workingDirectory = "/no/such/folder"
        let noProgram = ChildOptions(
            file: "/no/such/program", arguments: ["x"], standardInput: .pipe, standardOutput: .pipe)
        let cases: [(ChildOptions, UVError)] = [
            (noProgram, .noEntry), (ChildOptions(file: text, arguments: ["x"]), .permissionDenied), (noFolder, .noEntry),
        ]
        for (options, error) in cases {
            var called = false
            #expect(throws: error) { try ChildProcess(loop, options) { _ in called = true } }
            loop.run()
            #expect(!called)
        }
    }

    @Test func `the group reaches grandchildren, also after the child's exit`() throws {
        let loop = try Loop()
        var status: UV.ExitStatus?
        var ended = false
        // The grandchild holds standard output open, so its end is the grandchild's.
        let holder = Found<ChildProcess?>(nil)
        holder.value = try ChildProcess(loop, shell("sleep 1000 & exit 3")) {
            status = $0
            holder.value?.killGroup(SIGKILL)
        }
        holder.value?.standardOutput?.read({ _ in }, end: { _ in ended = true })
        #expect(run(loop) { ended && status != nil })
        #expect(status == .code(3))
    }

    @Test func `an own session is led by the child`() throws {
        let script = "cut -d ' ' -f 5,6 /proc/$$/stat; echo $$"
        let numbers: [String] = try outcome(shell(script)).out.components(separatedBy: .whitespacesAndNewlines).dropLast()
        #expect(numbers.count == 3)
        #expect(Set(numbers).count == 1)
        let others = try outcome(shell(script, ownSession: false)).out.components(separatedBy: .whitespacesAndNewlines)
        #expect(others[0] != others[2])
    }

    @Test func `a dropped child runs on, is collected, and calls nothing`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        var called = false
        var options = shell("read line; echo done > made")
        options.workingDirectory = folder.path
        let holder = Found<ChildProcess?>(try ChildProcess(loop, options) { _ in called = true })
        let pid = try #require(holder.value?.pid)
        let input = holder.value?.standardInput
        holder.value = nil
        settle(loop)
        #expect(kill(pid, 0) == 0)
        input?.write(Array("go\n".utf8))
        // Once nothing answers to its number it is neither running nor a zombie.
        let keepAwake = Timer(loop)
        keepAwake.start(afterMs: 1, everyMs: 1) {}
        #expect(run(loop) { kill(pid, 0) != 0 })
        #expect(folder.holds("made"))
        #expect(!called)
    }

    @Test func `a child may be dropped in its own exit`() throws {
        let loop = try Loop()
        let holder = Found<ChildProcess?>(nil)
        weak var seen: ChildProcess?
        var calls = 0
        holder.value = try ChildProcess(loop, shell("exit 0")) { _ in
            holder.value = nil
            calls += 1
        }
        seen = holder.value
        loop.run()
        #expect(calls == 1)
        #expect(seen == nil)
    }

    @Test func `closing the loop kills the children, the dropped ones too, and leaves no zombie`() throws {
        let loop = try Loop()
        var called = false
        let kept = try ChildProcess(loop, shell("trap '' TERM; sleep 1000")) { _ in called = true }
        // The grandchild is there, and holds this pipe open as long as it lives.
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        var options = shell("sleep 1000 & echo; wait")
        options.standardError = .descriptor(ends[1])
        let parent = try ChildProcess(loop, options) { _ in called = true }
        close(ends[1])
        var isReady = false
        parent.standardOutput?.read({ _ in isReady = true }, end: { _ in })
        #expect(run(loop) { isReady })
        var dropped: ChildProcess? = try ChildProcess(loop, shell("sleep 1000")) { _ in called = true }
        let pids = [kept.pid, try #require(dropped?.pid)]
        dropped = nil
        loop.close()
        for pid in pids { #expect(kill(pid, 0) != 0) }
        #expect(!called)
        kept.kill(SIGTERM)
        // Ends when the last process that could write to it is gone.
        let next = try Loop()
        var ended = false
        let grandchild = try UV.Stream(next, fileDescriptor: dup(ends[0]))
        grandchild.read({ _ in }, end: { _ in ended = true })
        #expect(run(next) { ended })
    }

    @Test func `a child that ends at once loses no output`() throws {
        let result = try outcome(shell("head -c 500000 /dev/zero | tr '\\0' x"))
        #expect(result.out.utf8.count == 500_000)
    }

    @Test func `writing to a child that has gone is EPIPE`() throws {
        let loop = try Loop()
        var status: UV.ExitStatus?
        let child = try ChildProcess(loop, shell("exit 0")) { status = $0 }
        #expect(run(loop) { status != nil })
        let input = try #require(child.standardInput)
        #expect(writeUntilRefused(input, loop) == .brokenPipe)
    }
}
