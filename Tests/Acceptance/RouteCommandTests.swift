import Foundation
import TestSupport
import Testing

/// `martlet route`: a route, and the messages that it wants.
struct RouteCommandTests {
    private func route(_ program: MartletProgram, _ arguments: [String], _ lines: String...) throws -> ProgramResult {
        try runProgram(program.command + ["route"] + arguments, input: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    @Test(arguments: MartletProgram.all) func `each message gets an answer, in order`(_ program: MartletProgram) throws {
        let result = try route(
            program, ["FROM /messages/modules/t/outputs/o WHERE as_number(level) > 5 INTO $upstream"],
            #"{"module":"t","output":"o","properties":{"level":"7"}}"#, #"{"module":"t","output":"o","properties":{"Level":"3"}}"#,
            #"{"module":"t","output":"o"}"#, #"{"module":"t","output":"other","properties":{"level":"7"}}"#,
            #"{"output":"o","properties":{"level":"7"}}"#, #"{"module":"T","output":"O","properties":{"level":"1e3"}}"#)
        #expect(result.output == "match\nno-match\nno-match\nno-match\nno-match\nmatch\n")
        #expect(result.code == 0 && result.errors == "")
    }

    @Test(arguments: MartletProgram.all) func `the body counts, whatever its encoding`(_ program: MartletProgram) throws {
        func base64(_ text: String, _ encoding: String.Encoding) throws -> String {
            try #require(text.data(using: encoding)).base64EncodedString()
        }
        let body = #"{"a":[{"é":21.5}]}"#
        let result = try route(
            program, ["FROM /* WHERE $body.a[0].é > 20 INTO $upstream"], #"{"body":\#(body)}"#,
            #"{"bodyText":"\#(body.replacing("\"", with: "\\\""))"}"#,
            #"{"systemProperties":{"contentType":"application/json","contentEncoding":"utf-16"},"bodyBase64":"\#(try base64(body, .utf16LittleEndian))"}"#,
            #"{"systemProperties":{"contentType":"application/json","contentEncoding":"UTF-32"},"bodyBase64":"\#(try base64(body, .utf32LittleEndian))"}"#,
            #"{"systemProperties":{"contentType":"text/plain"},"body":\#(body)}"#, #"{"body":{"a":[{"é":"x"}]}}"#)
        #expect(result.output == "match\nno-match\nmatch\nmatch\nno-match\nmatch\n", "\(result.errors)")
    }

    @Test(arguments: MartletProgram.all) func `a line that is no message is said so, and the next one is read`(_ program: MartletProgram)
        throws
    {
        let long = #"{"body":""# + String(repeating: "x", count: 2 << 20) + #""}"#
        let result = try route(
            program, ["FROM /* INTO $upstream"], "{}", "", "  \r", "{", "[1]", #"{"modul":"x"}"#, #"{"properties":{"a":1}}"#, long,
            #"{"body":1}"#)
        #expect(result.output == "match\ninvalid\ninvalid\ninvalid\ninvalid\ninvalid\nmatch\n")
        #expect(result.code == 2)
        let errors = result.errors.split(separator: "\n")
        #expect(errors.count == 5)
        for (error, parts) in zip(
            errors, [["message 4:", "JSON"], ["5:", "object"], ["6:", "modul"], ["7:", "\"a\""], ["8:", "1048576"]])
        {
            for part in parts { #expect(error.contains(part), "\(error)") }
        }
    }

    @Test(arguments: MartletProgram.all) func `the last line needs no line break, and no lines are none`(_ program: MartletProgram) throws {
        let command = program.command + ["route", "FROM /* INTO $upstream"]
        #expect(try runProgram(command, input: Array("{}\n{}".utf8)).output == "match\nmatch\n")
        let none = try runProgram(command)
        #expect(none.output == "" && none.code == 0 && none.errors == "")
    }

    @Test(arguments: MartletProgram.all) func `each answer comes before the next message`(_ program: MartletProgram) throws {
        let running = try SpawnedProgram(program.command + ["route", "FROM /* WHERE a = 'x' INTO $upstream"])
        for (index, value) in ["x", "y", "x"].enumerated() {
            running.write(Array("{\"properties\":{\"a\":\"\(value)\"}}\n".utf8))
            _ = try running.output.line(from: index, holding: value == "x" ? "match" : "no-match")
        }
        running.closeInput()
        #expect(try running.waitForEnd() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a route that does not compile ends with 2 and the place`(_ program: MartletProgram) throws {
        let faults = [
            ("FROM /messages/* INTO $cloud", "line 1, column 23", "$upstream"), ("", "line 1, column 1", "FROM"),
            ("FROM /messages/*\nWHERE level > 5\nINTO $upstream", "line 2, column", "as_number(level)"),
            ("FROM /* WHERE a = 'x INTO $upstream", "line 1, column 19", "quote"),
            ("FROM /* INTO $upstream WHERE a = 'x'", "line 1", "INTO"),
        ]
        for (text, place, reason) in faults {
            let result = try route(program, [text], "{}")
            #expect(result.code == 2 && result.output == "")
            #expect(result.errors.hasPrefix("martlet route: \(place)") && result.errors.contains(reason), "\(result.errors)")
        }
    }

    @Test(arguments: MartletProgram.all) func `what probably is not meant is a warning`(_ program: MartletProgram) throws {
        let result = try route(program, ["FROM /message/* INTO $upstream"], #"{"module":"m"}"#)
        #expect(result.code == 0 && result.output == "no-match\n")
        #expect(result.errors.contains("warning: line 1, column 6"))
    }

    @Test(arguments: MartletProgram.all) func `the device has a name, and a twin change is a message of the hub`(_ program: MartletProgram)
        throws
    {
        let route = "FROM /twinChangeNotifications WHERE $connectionDeviceId = 'D' INTO $upstream"
        let change = #"{"module":"$edgeHub","body":{"state":"ok"}}"#
        #expect(try self.route(program, [route, "--device", "D"], change, #"{"module":"m"}"#).output == "match\nno-match\n")
        #expect(try self.route(program, [route], change).output == "no-match\n")
    }

    @Test(arguments: MartletProgram.all) func `a twin change that monitor printed is read again`(_ program: MartletProgram) throws {
        let printed =
            #"{"module":"$edgeHub","properties":{},"systemProperties":{"contentType":"application/json","contentEncoding":"utf-8","#
            + #""messageSchema":"twinChangeNotification","messageType":"twinChangeNotification","rpSenderDeviceId":"D","#
            + #""rpSenderModuleId":"prod"},"body":{"state":"ok"}}"#
        let route =
            "FROM /twinChangeNotifications WHERE $messageType = 'twinChangeNotification' AND $rpSenderModuleId = 'prod' INTO $upstream"
        let result = try self.route(program, [route], printed, printed.replacing(#""prod""#, with: #""other""#))
        #expect(result.output == "match\nno-match\n" && result.code == 0, "\(result.errors)")
        let short = #"{"module":"$edgeHub","body":{"state":"ok"}}"#
        let kind = "FROM /* WHERE $messageSchema = 'twinChangeNotification' AND $messageType = $messageSchema INTO $upstream"
        #expect(try self.route(program, [kind], short).output == "match\n")
        let wrong = try self.route(program, [kind], #"{"module":"$edgeHub","systemProperties":{"messageType":5}}"#)
        #expect(wrong.output == "invalid\n" && wrong.code == 2 && wrong.errors.contains("\"messageType\""))
        let forged = try self.route(program, [kind], #"{"module":"m","systemProperties":{"connectionModuleId":"other"}}"#)
        #expect(forged.output == "invalid\n" && forged.code == 2 && forged.errors.contains("\"connectionModuleId\""))
    }
}
