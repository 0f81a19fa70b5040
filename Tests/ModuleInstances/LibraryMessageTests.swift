import Foundation
import JSON
import Messages
import ModuleImages
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// Sends what a C initializer of `martlet_message` says, once for each of them, and logs the results.
private func results(of messages: [String]) throws -> (codes: [Text], log: [Text], sent: Int) {
    let folder = TemporaryFolder()
    let sends = messages.map {
        "{ martlet_message m = { sizeof m, \($0) }; snprintf(text, sizeof text, \"%d\", h->send(i, &m, NULL, NULL)); h->log(i, 6, text); }"
    }
    let path = try compileSharedLibrary(
        source: """
            #include "martlet.h"
            #include <stdio.h>
            #include <string.h>
            static char text[300000];
            static const martlet_property dollar = { "$x", "1" };
            static const martlet_property twice[] = { { "a", "1" }, { "A", "2" } };
            static const martlet_property sender = { "connectionModuleId", "other" };
            static const martlet_property unknown = { "colour", "red" };
            static const martlet_property good = { "messageId", "1" };
            static void *create(const martlet_host_api *h, martlet_instance *i) {
                \(sends.joined(separator: "\n"))
                return text;
            }
            static void destroy(void *self) { (void)self; }
            static const martlet_module_api api = { MARTLET_ABI_VERSION, sizeof api, 0, create, NULL, NULL, NULL, NULL, destroy };
            const martlet_module_api *martlet_module(const martlet_host_api *h) { (void)h; return &api; }
            """, named: "libm.so", in: folder)
    let loop = try Loop()
    defer { loop.close() }
    let recorder = Recorder()
    let store = try ImageStore(loop, folder: folder.path("images"), host: nil)
    let instance = LibraryInstance(
        loop: loop, copy: try store.prepared(library: path, loop), table: HostTable(), threads: nil, marks: nil, observer: recorder)
    try instance.start(port: recorder)
    instance.stop()
    let isCode = { (line: Text) in Int(line.string) != nil }
    return (recorder.log.filter(isCode), recorder.log.filter { !isCode($0) }, recorder.sent.count)
}

@Test func `what a library sends obeys the rules of messages`() throws {
    let (codes, log, sent) = try results(of: [
        #""out", { "x", 1 }, NULL, 0, &good, 1"#,
        #""out", { "x", 1 }, &dollar, 1, NULL, 0"#,
        #""out", { "x", 1 }, twice, 2, NULL, 0"#,
        #""out", { "x", 1 }, NULL, 0, &sender, 1"#,
        #""out", { "x", 1 }, NULL, 0, &unknown, 1"#,
        #""a/b", { "x", 1 }, NULL, 0, NULL, 0"#,
        #""out", { text, 262145 }, NULL, 0, NULL, 0"#,
        #""out", { text, 262144 }, NULL, 0, &good, 1"#,
        #""out", { text, 262144 }, NULL, 0, NULL, 0"#,
    ])
    #expect(codes == ["0", "-1", "-1", "0", "-1", "-1", "-2", "-2", "0"])
    #expect(sent == 3)
    #expect(log.count == 6)
    #expect(log.first == #"send: properties: "$x" begins with $, as only system properties do"#)
    #expect(log.dropFirst(3).first?.hasPrefix("send: output: ") == true)
    #expect(log.dropFirst(4).first == "send: the body has 262145 bytes; at most 262144 are allowed, properties included")
}

@Test func `a log line of a library is bounded`() throws {
    let (_, log, _) = try results(of: [
        #""out", { (memset(text, 'x', 20000), text[20000] = 0, h->log(i, 6, text), "x"), 1 }, NULL, 0, NULL, 0"#
    ])
    #expect(log.map { $0.utf8.count } == [8192])
}
