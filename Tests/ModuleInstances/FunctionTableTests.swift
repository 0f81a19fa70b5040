import Deployment
import JSON
import ModuleInstances
import TestSupport
import Testing

/// A controller like one that somebody had before Martlet.
let controllerSource = """
    #include <stdint.h>
    static double sum;
    double pid_update(double setpoint, double value) { sum += setpoint - value; return 2 * (setpoint - value) + sum; }
    void pid_reset(void) { sum = 0; }
    const char *pid_name(void) { return "pid"; }
    """

func controller(in folder: TemporaryFolder) throws -> FunctionTable {
    let path = try compileSharedLibrary(source: controllerSource, named: "libpid.so", in: folder)
    return try FunctionTable(
        path: path,
        functions: [
            FunctionSpecification(name: "update", symbol: "pid_update", arguments: [.double, .double], returns: .double),
            FunctionSpecification(name: "reset", symbol: "pid_reset", arguments: [], returns: .void),
            FunctionSpecification(name: "name", symbol: "pid_name", arguments: [], returns: .string),
        ])
}

func functionFailure(_ body: () throws(FunctionError) -> Void) -> FunctionError {
    do throws(FunctionError) {
        try body()
        Issue.record("did not fail")
        return FunctionError(.library, "")
    } catch {
        return error
    }
}

@Test func `the payload is the arguments and the result is bare`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    #expect(try table.call("update", payload: [3, 1.0]).get() == 6.0)
    #expect(try table.call("update", payload: [3, 1.0]).get() == 8.0)
    #expect(try table.call("reset", payload: nil).get() == nil)
    #expect(try table.call("reset", payload: []).get() == nil)
    #expect(try table.call("update", payload: [3, 1.0]).get() == 6.0)
    #expect(try table.call("name", payload: nil).get() == "pid")
}

@Test(
    arguments: [
        ("update", [1], .arguments, "function \"update\": arguments given: 1, but the function takes 2: (double, double)"),
        ("update", nil, .arguments, "function \"update\": arguments given: 0"),
        ("update", [1, "x"], .arguments, "function \"update\": argument 2 is \"x\""),
        ("update", ["setpoint": 1], .arguments, "must be the array of its arguments"),
        ("reset", 5, .arguments, "must be the array of its arguments"),
        ("pid_update", [1, 2], .notFound, "no function \"pid_update\"; known: update, reset and name"),
    ] as [(Text, JSON, FunctionError.Kind, String)])
func `a call that does not fit says why`(name: Text, payload: JSON, kind: FunctionError.Kind, reason: String) throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    let error = functionFailure { () throws(FunctionError) in _ = try table.call(name, payload: payload).get() }
    #expect(error.kind == kind)
    #expect(error.reason.string.contains(reason), "\(error)")
}

@Test func `all functions that are not there are named`() throws {
    let folder = TemporaryFolder()
    let path = try compileSharedLibrary(source: controllerSource, named: "libpid.so", in: folder)
    let error = functionFailure { () throws(FunctionError) in
        _ = try FunctionTable(
            path: path,
            functions: [
                FunctionSpecification(name: "a", symbol: "pid_updaet", arguments: [], returns: .void),
                FunctionSpecification(name: "b", symbol: "pid_reset", arguments: [.bytes], returns: .void),
                FunctionSpecification(name: "c", symbol: "pid_reset\u{0}x", arguments: [], returns: .void),
                FunctionSpecification(name: "d", symbol: "", arguments: [], returns: .void),
            ])
    }
    #expect(error.kind == .library)
    for part in [
        "function \"a\": the library exports no symbol \"pid_updaet\"", "function \"b\": argument 1 is bytes", "function \"c\"",
        "function \"d\"",
    ] {
        #expect(error.reason.string.contains(part), "\(error)")
    }
}

@Test func `a file that is no library says so`() throws {
    let folder = TemporaryFolder()
    let path = try folder.write("not ELF", to: "libpid.so")
    for path in [path, folder.path("none.so")] {
        let error = functionFailure { () throws(FunctionError) in _ = try FunctionTable(path: path, functions: []) }
        #expect(error.kind == .library)
        #expect(error.reason.string.contains(path), "\(error)")
    }
}
