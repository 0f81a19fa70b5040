/// A module that ends or holds up the process in which it runs. The file `where`, whose first line is `FUNCTION DEED`, says in which of its
/// functions and how.
///
/// | deed | what it does |
/// |---|---|
/// | `segv` | writes to address 8 |
/// | `overflow` | uses up the stack |
/// | `bus` | reads a mapped file behind its end |
/// | `ill`, `fpe`, `abort` | raises that signal |
/// | `exit0`, `exit3` | calls `exit` |
/// | `hang` | does not return |
/// | `hold` | does not return until the file `release` is there |
enum TrapSource {
    /// - Parameters:
    ///   - folder: where the files `where` and `release` are.
    ///   - build: makes another image.
    static func text(_ folder: String, build: Int = 1) -> String {
        "#define FOLDER \"\(folder)\"\n#define BUILD \"build \(build)\"\n" + rest
    }

    private static let rest = #"""
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/eventfd.h>
        #include <sys/mman.h>
        #include <unistd.h>
        #include "martlet.h"

        const char *build = BUILD;
        static const martlet_host_api *host;
        static martlet_instance *me;
        static pthread_t thread;
        static int event = -1;

        static __attribute__((noinline)) int overflow(volatile int *deeper) {
            volatile int room[1024];
            room[*deeper & 1023] = *deeper;
            return *deeper ? overflow(room) + room[0] : overflow(deeper) + room[1];
        }

        static void mapped(void) {
            int file = memfd_create("empty", 0);
            volatile char *memory = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
            (void)memory[0];
        }

        static __attribute__((noinline)) void at(const char *here) {
            char text[128] = "", function[64] = "", deed[64] = "";
            int file = open(FOLDER "/where", O_RDONLY);
            if (file >= 0 && read(file, text, sizeof text - 1) > 0) sscanf(text, "%63s %63s", function, deed);
            close(file);
            if (strcmp(function, here)) return;
            if (!strcmp(deed, "segv")) *(volatile int *)8 = 1;
            if (!strcmp(deed, "overflow")) { volatile int more = 1; overflow(&more); }
            if (!strcmp(deed, "bus")) mapped();
            if (!strcmp(deed, "ill")) raise(SIGILL);
            if (!strcmp(deed, "fpe")) raise(SIGFPE);
            if (!strcmp(deed, "abort")) abort();
            if (!strcmp(deed, "exit0")) exit(0);
            if (!strcmp(deed, "exit3")) exit(3);
            if (!strcmp(deed, "hang")) for (;;) ;
            if (!strcmp(deed, "hold")) while (access(FOLDER "/release", F_OK)) usleep(1000);
        }

        static __attribute__((constructor)) void load(void) { at("load"); }
        static __attribute__((destructor)) void unload(void) { at("unload"); }
        static martlet_bytes bytes(const char *text) { martlet_bytes b = {text, strlen(text)}; return b; }
        static void fired(void *context) { at(context); }
        static void watched(void *context, int events) {
            uint64_t count;
            if (read(event, &count, sizeof count) > 0) at("watch");
        }
        static void done(void *context, int result, uint64_t version) { at("done"); }
        static void answered(void *context, int result, int status, martlet_bytes payload) { at("answer"); }
        static void *run(void *context) { at("thread"); return 0; }

        static void *create(const martlet_host_api *h, martlet_instance *instance) {
            host = h;
            me = instance;
            at("create");
            return &me;
        }

        static int start(void *self, martlet_bytes twin) {
            at("start");
            host->timer_start(me, 0, 0, fired, "timer");
            event = eventfd(1, EFD_CLOEXEC);
            host->watch_start(me, event, MARTLET_READABLE, watched, 0);
            host->post(me, fired, "post");
            martlet_message message = {sizeof message, "out", bytes("1"), 0, 0, 0, 0};
            host->send(me, &message, done, 0);
            host->invoke(me, "nobody", "nothing", bytes("null"), 0, answered, 0);
            pthread_create(&thread, 0, run, 0);
            return MARTLET_OK;
        }

        static void receive(void *self, const martlet_message *message) { at("receive"); }
        static void desired(void *self, martlet_bytes patch, uint64_t version) { at("desired"); }
        static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
            at("invoke");
            return host->answer(me, call, 200, bytes("1"));
        }

        static void destroy(void *self) {
            at("destroy");
            pthread_join(thread, 0);
            close(event);
        }

        const martlet_module_api *martlet_module(const martlet_host_api *h) {
            static const martlet_module_api api = { 1, sizeof api, 0, create, start, receive, desired, invoke, destroy };
            return &api;
        }

        """#
}
