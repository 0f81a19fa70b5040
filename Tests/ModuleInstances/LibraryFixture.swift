import Foundation
import JSON
import ModuleImages
import TestSupport
import UV

@testable import ModuleInstances

/// A library of the given functions, loaded in an instance that reports to a recorder.
final class LibraryFixture {
    let folder = TemporaryFolder()
    let loop: Loop
    let recorder = Recorder()
    let table = HostTable()
    let store: ImageStore
    private let path: String
    private let threads: ThreadLedger?

    /// - Parameter threads: not the process's own ledger, in which the threads of all tests are.
    init(_ source: String, threads: ThreadLedger? = nil) throws {
        self.threads = threads
        loop = try Loop()
        store = try ImageStore(loop, folder: folder.path("images"), host: nil)
        path = try compileModule(source, named: "module", in: folder)
    }

    func instance(_ recorder: Recorder? = nil) throws -> LibraryInstance {
        LibraryInstance(
            loop: loop, copy: try copy(), table: table, threads: threads, marks: nil, observer: recorder ?? self.recorder)
    }

    func copy() throws -> ImageCopy { try store.prepared(library: path, loop) }

    func started() throws -> LibraryInstance {
        let instance = try instance()
        try instance.start(port: recorder)
        return instance
    }

    func startError() throws -> String? {
        let instance = try instance()
        do throws(InstanceError) {
            try instance.start(port: recorder)
            return nil
        } catch {
            return error.reason.string
        }
    }

    deinit { loop.close() }
}

/// Compiles a module of a prelude, the given functions and a table that names those of them that are there.
private func compileModule(_ source: String, named name: String, in folder: TemporaryFolder) throws -> String {
    let header = URL(fileURLWithPath: #filePath).appending(path: "../../../Sources/CMartlet/martlet.h").standardized.path
    return try compileSharedLibrary(
        source: """
            #define _GNU_SOURCE
            #include "\(header)"
            #include <errno.h>
            #include <fcntl.h>
            #include <pthread.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/prctl.h>
            #include <sys/socket.h>
            #include <unistd.h>
            static const martlet_host_api *host;
            static martlet_instance *me;
            static int counter;
            static char text[256];
            \(source)
            """, named: name, in: folder)
}

func moduleTable(_ members: String) -> String {
    """
    static const martlet_module_api api = { .version = 1, .size = sizeof(martlet_module_api), \(members) };
    const martlet_module_api *martlet_module(const martlet_host_api *h) { host = h; return &api; }
    """
}

let moduleCreate = """
    static void *create(const martlet_host_api *h, martlet_instance *i) { host = h; me = i; return &counter; }
    static void destroy(void *self) { host->log(me, 6, "destroyed"); }

    """
