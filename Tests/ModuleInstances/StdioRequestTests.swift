import JSON
import Testing

@testable import ModuleInstances

private func parse(_ line: String) throws(StdioError) -> StdioRequest { try StdioRequest.parse(Array(line.utf8)) }

private func error(_ line: String) -> StdioError? {
    do throws(StdioError) {
        _ = try parse(line)
        return nil
    } catch {
        return error
    }
}

@Test func `the requests of the contract are understood`() throws {
    #expect(try parse(#"{"jsonrpc":"2.0","method":"ready"}"#) == .ready(acknowledges: false))
    #expect(
        try parse(#"{"method":"send","params":{"output":"alert","body":1}}"#) == .send(["output": "alert", "body": 1], id: nil))
    #expect(try parse(#"{"method":"send","id":"a","params":{"output":"alert"}}"#) == .send(["output": "alert"], id: "a"))
    #expect(try parse(#"{"method":"report","params":{"patch":{"state":"ok"}}}"#) == .report(patch: ["state": "ok"], id: nil))
    #expect(try parse(#"{"id":1,"method":"twin"}"#) == .twin(id: 1))
    #expect(
        try parse(#"{"id":2,"method":"invoke","params":{"module":"pid","name":"update","payload":[1,2],"timeoutSeconds":5}}"#)
            == .invoke(module: "pid", method: "update", payload: [1, 2], timeoutMs: 5000, id: 2))
    #expect(
        try parse(#"{"id":7,"result":{"status":200,"payload":{"a":null}}}"#) == .answer(id: 7, status: 200, payload: ["a": nil]))
    #expect(try parse(#"{"id":7,"error":{"code":-32601,"message":"no"}}"#) == .refusal(id: 7, message: "no"))
}

@Test func `a call without a timeout waits for 30 s`() throws {
    #expect(
        try parse(#"{"id":2,"method":"invoke","params":{"module":"m","name":"n"}}"#)
            == .invoke(module: "m", method: "n", payload: nil, timeoutMs: 30_000, id: 2))
}

@Test func `a line that is not JSON is a parse error`() {
    #expect(error("hello")?.code == .parseError)
    #expect(error("{\"method\":\"ready\"")?.code == .parseError)
}

@Test(arguments: ["[]", "1", "null", "{}", #"{"method":1}"#, #"{"method":"twin"}"#, #"{"id":{},"method":"ready"}"#, #"{"result":1}"#])
func `a line that is no request is refused`(line: String) {
    #expect(error(line)?.code == .invalidRequest)
}

@Test func `an unknown method is named with those there are`() {
    #expect(
        error(#"{"id":3,"method":"sned"}"#)
            == StdioError(.methodNotFound, "no method sned; there are ready, send, report, twin and invoke", id: 3))
}

@Test func `wrong parameters are refused with the id of the line`() {
    #expect(error(#"{"id":4,"method":"report","params":{"patch":[]}}"#)?.id == 4)
    #expect(error(#"{"id":4,"method":"invoke","params":{"name":"n"}}"#)?.code == .invalidParams)
    #expect(error(#"{"id":4,"method":"invoke","params":{"module":"m","name":"n","timeoutSeconds":0}}"#)?.code == .invalidParams)
}

@Test func `an answer without a status is a refusal`() throws {
    #expect(try parse(#"{"id":7,"result":17}"#) == .refusal(id: 7, message: "the module's answer has no result.status"))
}
