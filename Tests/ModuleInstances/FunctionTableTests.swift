import Deployment
import FFI
import JSON
import ModuleInstances
import TestSupport
import Testing

/// A controller like one that somebody had before Martlet.
private let controllerSource = """
    #include <stdint.h>
    #include <string.h>
    static double sum;
    int pid_limit = 100;
    static _Thread_local int own_error;
    _Thread_local int pid_error;
    double pid_update(double setpoint, double value) { sum += setpoint - value; return 2 * (setpoint - value) + sum; }
    void pid_reset(void) { sum = 0; pid_error = own_error; }
    const char *pid_name(void) { return "pid"; }
    int32_t pid_split(double value, int32_t *whole, uint8_t *text, size_t capacity) {
        *whole = value;
        memset(text, 'x', capacity);
        return value < 0 ? -1 : 2;
    }
    """

private let controllerFunctions: JSON = [
    "update": ["symbol": "pid_update", "arguments": ["double", "double"], "returns": "double"],
    "reset": ["symbol": "pid_reset", "arguments": [], "returns": "void"],
    "name": ["symbol": "pid_name", "arguments": [], "returns": "string"],
    "split": [
        "symbol": "pid_split", "arguments": ["double", ["pointer": "int32", "direction": "out"], ["buffer": 4, "length": "returns"]],
        "returns": "int32",
    ],
]

func controllerPath(in folder: TemporaryFolder) throws -> String {
    try compileSharedLibrary(source: controllerSource, named: "libpid.so", in: folder)
}

/// - Parameter more: members of the settings beside `functions`.
func controller(in folder: TemporaryFolder, _ more: JSONObject = [:]) throws -> FunctionTable {
    var settings = more
    settings["functions"] = settings["functions"] ?? controllerFunctions
    return try FunctionTable(path: try controllerPath(in: folder), binding: try LibraryBinding.reading(settings).get())
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

@Test func `the payload is the arguments and the answer is bare`() throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    #expect(try table.call("update", payload: [3, 1.0]).get().answer == 6.0)
    #expect(try table.call("update", payload: [3, 1.0]).get().answer == 8.0)
    #expect(try table.call("reset", payload: nil).get().answer == nil)
    #expect(try table.call("reset", payload: []).get().answer == nil)
    #expect(try table.call("update", payload: [3, 1.0]).get().answer == 6.0)
    #expect(try table.call("name", payload: nil).get().answer == "pid")
    #expect(try table.call("split", payload: [7.5]).get().answer == ["value": 2, "outputs": [7, "eHg="]])
}

@Test(
    arguments: [
        ("update", [1], .arguments, "function \"update\": arguments given: 1, but the function takes 2: (double, double)"),
        ("update", nil, .arguments, "function \"update\": arguments given: 0"),
        ("update", [1, "x"], .arguments, "function \"update\": argument 2 is \"x\""),
        ("update", ["setpoint": 1], .arguments, "must be the array of its arguments"),
        ("reset", 5, .arguments, "must be the array of its arguments"),
        ("split", [1, 2], .arguments, "arguments given: 2, but the function takes 1: (double)"),
        ("split", [-1], .result, "output buffer 3: the function says that its length is -1, but it has 4 bytes"),
        ("pid_update", [1, 2], .notFound, "no function \"pid_update\"; known: update, reset, name and split"),
    ] as [(Text, JSON, FunctionError.Kind, String)])
func `a call that does not fit says why`(name: Text, payload: JSON, kind: FunctionError.Kind, reason: String) throws {
    let folder = TemporaryFolder()
    let table = try controller(in: folder)
    let error = functionFailure { () throws(FunctionError) in _ = try table.call(name, payload: payload).get() }
    #expect(error.kind == kind)
    #expect(error.reason.string.contains(reason), "\(error)")
}

@Test func `all symbols that are not there or no functions are named`() throws {
    let folder = TemporaryFolder()
    func function(_ symbol: Text) -> JSON { ["symbol": .string(symbol), "arguments": [], "returns": "void"] }
    let binding = try LibraryBinding.reading([
        "functions": ["a": function("pid_updaet"), "b": function("pid_limit"), "c": function("pid_error"), "d": function("pid_reset")],
        "callbacks": [
            "e": ["subscribe": "pid_on", "arguments": [], "output": "o"],
            "f": ["subscribe": "pid_reset", "unsubscribe": "pid_limit", "arguments": [], "output": "o"],
        ],
    ]).get()
    let path = try controllerPath(in: folder)
    let error = functionFailure { () throws(FunctionError) in _ = try FunctionTable(path: path, binding: binding) }
    #expect(error.kind == .library)
    #expect(
        error.reason == """
            function "a": the library exports no symbol "pid_updaet"; function "b": the symbol "pid_limit" is a variable and not a function; \
            function "c": the symbol "pid_error" is a variable and not a function; callback "e": the library exports no symbol "pid_on"; \
            callback "f": the symbol "pid_limit" is a variable and not a function
            """)
}

@Test func `calls are made in order until one does not return what it must`() throws {
    let folder = TemporaryFolder()
    let table = try controller(
        in: folder,
        [
            "initial": [
                ["function": "update", "arguments": [3, 1.0], "expect": 6], ["function": "reset", "expect": nil],
                ["function": "name", "expect": "pid"], ["function": "update", "arguments": [3, 1.0]],
                ["function": "split", "arguments": [5], "expect": 3], ["function": "reset"],
            ],
            "final": [["function": "split", "arguments": [-5]]],
        ])
    let error = functionFailure { () throws(FunctionError) in try table.perform(table.binding.initial, "initial") }
    #expect(error == FunctionError(.result, "initial[4]: function \"split\" returned 2, and 3 is expected"))
    // The fourth was made, the sixth was not.
    #expect(try table.call("update", payload: [3, 1.0]).get().answer == 8.0)
    #expect(functionFailure { () throws(FunctionError) in try table.perform(table.binding.final, "final") }.reason.hasPrefix("final[0]: "))
}

@Test func `a file that is no library says so`() throws {
    let folder = TemporaryFolder()
    let path = try folder.write("not ELF", to: "libpid.so")
    let binding = try LibraryBinding.reading(["functions": controllerFunctions]).get()
    for path in [path, folder.path("none.so")] {
        let error = functionFailure { () throws(FunctionError) in _ = try FunctionTable(path: path, binding: binding) }
        #expect(error.kind == .library)
        #expect(error.reason.string.contains(path), "\(error)")
    }
}
