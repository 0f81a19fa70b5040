import Deployment
import Foundation
import JSON
import Messages
import ModuleIdentities
import ModuleImages
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

extension Isolation: CustomTestStringConvertible {
    static let all: [Isolation] = [.loop, .thread, .process]
    static let beside: [Isolation] = [.thread, .process]

    public var testDescription: String { word.string }
}

/// A compiled library in an instance of one isolation, with a recorder as hub and supervisor.
final class IsolatedFixture {
    let folder = TemporaryFolder()
    let loop: Loop
    let launcher: InstanceLauncher
    let images: ImageStore
    let recorder = Recorder()
    let isolation: Isolation
    private var instances: [any ModuleInstance] = []
    private let ticks: UV.Timer

    /// The program of the ordinary build, beside the tests: children of the host are started through it.
    static let program: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? "").deletingLastPathComponent().appendingPathComponent("martlet").path
    }()

    init(_ isolation: Isolation, _ source: String) throws {
        self.isolation = isolation
        loop = try Loop()
        ticks = Timer(loop)
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        let compiled = try compileSharedLibrary(source: source, named: "libmodule.so", in: folder)
        try FileManager.default.moveItem(atPath: compiled, toPath: folder.path("modules/libmodule.so"))
        let place = HostPlace(
            program: Self.program, modulesDirectory: folder.path("modules"), stateDirectory: folder.path("state"),
            runtimeDirectory: folder.path("run"), hubHostName: "h", gatewayHostName: "g")
        launcher = InstanceLauncher(loop: loop, place: place)
        images = try ImageStore(loop, folder: folder.path("images"), host: nil)
    }

    func made(_ observer: Recorder? = nil, _ change: (inout ModuleSpecification) -> Void = { _ in }) throws -> any ModuleInstance {
        var module = ModuleSpecification(name: "m", image: "libmodule.so", kind: .library(isolation: isolation))
        change(&module)
        let instance = try launcher.make(
            module, copy: try images.prepared(launcher.order(module), loop), identity: ModuleIdentity(deviceID: "D", moduleID: "m"),
            generationID: "1", observer: observer ?? recorder)
        instances.append(instance)
        return instance
    }

    func started(_ change: (inout ModuleSpecification) -> Void = { _ in }) throws -> any ModuleInstance {
        let instance = try made(nil, change)
        try instance.start(port: recorder)
        return instance
    }

    /// Runs the loop, and with it the hub's completions, until something holds.
    func until(_ condition: () -> Bool) -> Bool {
        ticks.start(afterMs: 1, everyMs: 1) {}
        defer { ticks.stop() }
        return run(loop) {
            recorder.runLater()
            return condition()
        }
    }

    deinit {
        for instance in instances { instance.kill() }
        loop.close()
    }
}

/// C of modules for these tests.
enum IsolatedSource {
    /// A prelude with create and destroy, the functions of a module, and the table that names those of them that are there.
    static func module(_ functions: String, _ members: String, create: String = create) -> String {
        """
        #include "martlet.h"
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static const martlet_host_api *host;
        static martlet_instance *me;
        static char text[4096];
        static int counter;
        static martlet_bytes bytes(const char *t) { martlet_bytes b = {t, strlen(t)}; return b; }
        static void say(const char *t) { host->log(me, 6, t); }
        static int send_text(const char *output, const char *body, martlet_done done, void *context) {
            martlet_message m = {sizeof m, output, bytes(body), 0, 0, 0, 0};
            return host->send(me, &m, done, context);
        }
        \(create)
        \(functions)
        static const martlet_module_api api = { .version = 1, .size = sizeof(martlet_module_api), \(members) };
        const martlet_module_api *martlet_module(const martlet_host_api *h) { host = h; return &api; }

        """
    }

    static let create = """
        static void *create(const martlet_host_api *h, martlet_instance *i) { host = h; me = i; return &counter; }
        static void destroy(void *self) { say("destroyed"); }
        """
}
