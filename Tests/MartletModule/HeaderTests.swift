import Foundation
import TestSupport
import Testing

/// The header in the dialects it promises, with every warning an error.
@Suite struct HeaderTests {
    private static let cDialects = ["c99", "c11", "c17", "c2x"]
    private static let cxxDialects = ["c++98", "c++11", "c++20"]
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/CMartlet").path

    private static let source = """
        #include "martlet.h"
        #include "martlet.h"

        int probe(const martlet_host_api *host, const martlet_module_api *module, const martlet_message *message);
        int probe(const martlet_host_api *host, const martlet_module_api *module, const martlet_message *message)
        {
            return MARTLET_HAS(host, martlet_host_api, post) && MARTLET_HAS(module, martlet_module_api, destroy)
                && MARTLET_HAS(message, martlet_message, system_property_count) && host->version == MARTLET_ABI_VERSION;
        }

        const martlet_module_api *martlet_module(const martlet_host_api *host)
        {
            host->log((martlet_instance *)0, MARTLET_LOG_INFO, host->error_text(MARTLET_ERROR_FULL));
            return (const martlet_module_api *)0;
        }

        """

    /// What the layout is for ever: the offset of each member of version 1, in pointers, behind the two numbers.
    private static let layout = """
        #include "martlet.h"
        #define P(n) (8 + (n) * sizeof(void *))
        #define IS(name, value) typedef char is_##name[(value) ? 1 : -1]
        IS(version, offsetof(martlet_host_api, version) == 0 && offsetof(martlet_host_api, size) == 4);
        IS(error_text, offsetof(martlet_host_api, error_text) == P(0));
        IS(send, offsetof(martlet_host_api, send) == P(1));
        IS(report, offsetof(martlet_host_api, report) == P(2));
        IS(twin, offsetof(martlet_host_api, twin) == P(3));
        IS(host_invoke, offsetof(martlet_host_api, invoke) == P(4));
        IS(answer, offsetof(martlet_host_api, answer) == P(5));
        IS(log, offsetof(martlet_host_api, log) == P(6));
        IS(timer_start, offsetof(martlet_host_api, timer_start) == P(7));
        IS(timer_stop, offsetof(martlet_host_api, timer_stop) == P(8));
        IS(ready, offsetof(martlet_host_api, ready) == P(9));
        IS(watch_start, offsetof(martlet_host_api, watch_start) == P(10));
        IS(watch_stop, offsetof(martlet_host_api, watch_stop) == P(11));
        IS(post, offsetof(martlet_host_api, post) == P(12));
        IS(message_size, offsetof(martlet_message, size) == 0 && offsetof(martlet_message, name) == sizeof(void *));
        IS(body, offsetof(martlet_message, body) == 2 * sizeof(void *) && sizeof(martlet_bytes) == 2 * sizeof(void *));
        IS(properties, offsetof(martlet_message, properties) == 4 * sizeof(void *));
        IS(property_count, offsetof(martlet_message, property_count) == 5 * sizeof(void *));
        IS(system_properties, offsetof(martlet_message, system_properties) == 6 * sizeof(void *));
        IS(system_property_count, offsetof(martlet_message, system_property_count) == 7 * sizeof(void *));
        IS(property, sizeof(martlet_property) == 2 * sizeof(void *));
        IS(module_version, offsetof(martlet_module_api, version) == 0 && offsetof(martlet_module_api, size) == 4);
        IS(ready_later, offsetof(martlet_module_api, ready_later) == 8);
        IS(create, offsetof(martlet_module_api, create) == P(1));
        IS(start, offsetof(martlet_module_api, start) == P(2));
        IS(receive, offsetof(martlet_module_api, receive) == P(3));
        IS(desired, offsetof(martlet_module_api, desired) == P(4));
        IS(invoke, offsetof(martlet_module_api, invoke) == P(5));
        IS(destroy, offsetof(martlet_module_api, destroy) == P(6));
        IS(errors, MARTLET_ERROR_ARGUMENT == -1 && MARTLET_ERROR_TOO_LARGE == -2 && MARTLET_ERROR_FULL == -3
            && MARTLET_ERROR_STORAGE == -4 && MARTLET_ERROR_NOT_FOUND == -5 && MARTLET_ERROR_TIMEOUT == -6 && MARTLET_ERROR_FAILED == -7
            && MARTLET_ERROR_THREAD == -8);
        IS(events, MARTLET_READABLE == 1 && MARTLET_WRITABLE == 2 && MARTLET_HANG_UP == 4 && MARTLET_PRIORITY == 8 && MARTLET_BROKEN == 16);
        IS(levels, MARTLET_LOG_ERROR == 3 && MARTLET_LOG_WARNING == 4 && MARTLET_LOG_INFO == 6 && MARTLET_LOG_DEBUG == 7);

        """

    /// The compilers that are installed here.
    private static func installed(_ names: [String]) -> [String] {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return names.filter { name in folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") } }
    }

    private func complaints(_ source: String, _ compiler: String, _ options: [String], file: String) throws -> String {
        let folder = TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [compiler] + options
            + ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", Self.folder, "-fsyntax-only", try folder.write(source, to: file)]
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text : "\(compiler) \(options) exits \(process.terminationStatus): \(text)"
    }

    @Test func `some C and some C++ compiler is here to try`() {
        #expect(!Self.installed(["gcc", "clang"]).isEmpty)
        #expect(!Self.installed(["g++", "clang++"]).isEmpty)
    }

    @Test(arguments: installed(["gcc", "clang"]), cDialects)
    func `the header is clean C`(_ compiler: String, _ dialect: String) throws {
        #expect(try complaints(Self.source, compiler, ["-std=" + dialect, "-Wstrict-prototypes"], file: "probe.c") == "")
    }

    @Test(arguments: installed(["g++", "clang++"]), cxxDialects)
    func `the header is clean C++`(_ compiler: String, _ dialect: String) throws {
        #expect(try complaints(Self.source, compiler, ["-std=" + dialect], file: "probe.cpp") == "")
    }

    @Test(arguments: installed(["gcc", "clang"]))
    func `the layout of version 1 stays as it is`(_ compiler: String) throws {
        #expect(try complaints(Self.layout, compiler, ["-std=c99"], file: "layout.c") == "")
    }

    @Test func `the same layout holds for 32 bits`() throws {
        guard Self.installed(["clang"]).count == 1 else { return }
        let free = ["-std=c99", "--target=armv7-none-eabi", "-ffreestanding", "-nostdlibinc"]
        #expect(try complaints(Self.layout, "clang", free, file: "layout.c") == "")
    }
}
