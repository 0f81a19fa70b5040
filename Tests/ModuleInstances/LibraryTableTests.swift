import CMartlet
import Messages
import TestSupport
import Testing

@testable import ModuleInstances

/// A table of the given number of bytes, behind which there is nothing that could be read by mistake as a function.
private func sized(_ size: String) -> String {
    """
    static struct { martlet_module_api api; void *later[4]; } table = {
        { .version = 1, .size = \(size), .create = create, .destroy = destroy }, { (void *)1, (void *)1, (void *)1, (void *)1 }
    };
    const martlet_module_api *martlet_module(const martlet_host_api *h) { host = h; return &table.api; }
    """
}

@Test func `version 1 of the tables has the size it was published with`() {
    #expect(ModuleLibrary.smallestTable <= MemoryLayout<martlet_module_api>.size)
    #expect(ModuleLibrary.smallestTable == 8 + 7 * MemoryLayout<Int>.size)
    #expect(MemoryLayout<martlet_message>.size >= 8 * MemoryLayout<Int>.size)
    #expect(MemoryLayout<martlet_host_api>.size >= 8 + 13 * MemoryLayout<Int>.size)
}

@Test func `a table of the first version's size is taken`() throws {
    let fixture = try LibraryFixture(moduleCreate + sized("\(ModuleLibrary.smallestTable)"))
    try fixture.started().stop()
    #expect(fixture.recorder.log == ["destroyed"])
}

@Test func `a table of a newer header is taken, as far as this host knows it`() throws {
    let fixture = try LibraryFixture(moduleCreate + sized("sizeof table"))
    try fixture.started().stop()
    #expect(fixture.recorder.log == ["destroyed"])
}

@Test func `a table that is too short is refused, and its size is named`() throws {
    let size = ModuleLibrary.smallestTable
    for wrong in [0, 8, size - 1] {
        let fixture = try LibraryFixture(moduleCreate + sized("\(wrong)"))
        #expect(
            try fixture.startError()
                == "the image's module table has \(wrong) bytes; version 1 has at least \(size): its size must be sizeof(martlet_module_api)"
        )
    }
}

@Test func `what a module changes in its table later changes nothing`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + sized("sizeof(martlet_module_api)") + """

            static int start(void *self, martlet_bytes twin) { table.api.destroy = (void (*)(void *))abort; return 0; }
            __attribute__((constructor)) static void prepare(void) { table.api.start = start; }
            """)
    try fixture.started().stop()
    #expect(fixture.recorder.log == ["destroyed"])
}

@Test func `a message of a newer header is taken`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void receive(void *self, const martlet_message *m) {
                struct { martlet_message message; void *later[2]; } newer = { { sizeof newer, "o", { "x", 1 }, NULL, 0, NULL, 0 }, { &newer, &newer } };
                snprintf(text, sizeof text, "%d %d %d", host->send(me, &newer.message, NULL, NULL),
                         MARTLET_HAS(host, martlet_host_api, post), MARTLET_HAS(m, martlet_message, system_property_count));
                host->log(me, 6, text);
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "i")
    #expect(fixture.recorder.log == ["0 1 1"])
    instance.stop()
}
