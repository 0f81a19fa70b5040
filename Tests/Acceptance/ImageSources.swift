/// A library module that an operator can ask for everything a module may do.
///
/// | method | answer |
/// |---|---|
/// | `count` | how often it was called, in a static variable |
/// | `build` | `BUILD` |
/// | `echo` | the payload |
/// | `send` | sends the payload to output `out`; the result once it is accepted |
/// | `report` | reports the payload; the version once it is stored |
/// | `twin` | the twin |
/// | `never` | none |
///
/// A message on an input is logged, and sent to output `out`. Desired properties are logged. `VERSION`, `SIZE`, `START_RESULT` and
/// `REFUSES` make modules of it that cannot be used.
enum ProbeSource {
    /// The probe with one of its names defined as something else.
    static func defining(_ name: String, _ value: String = "1") -> String { "#define \(name) \(value)\n" + text }

    static let text = #"""
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include "martlet.h"
        #ifndef BUILD
        #define BUILD "1"
        #endif
        #ifndef VERSION
        #define VERSION MARTLET_ABI_VERSION
        #endif
        #ifndef SIZE
        #define SIZE sizeof(martlet_module_api)
        #endif
        #ifndef START_RESULT
        #define START_RESULT MARTLET_OK
        #endif

        typedef struct { const martlet_host_api *host; martlet_instance *instance; } probe;
        typedef struct { probe *self; martlet_call *call; } pending;
        static int count;

        static martlet_bytes bytes(const char *text) { martlet_bytes b = {text, strlen(text)}; return b; }

        static void log_text(probe *self, const char *what, martlet_bytes b) {
            char *line = malloc(b.size + strlen(what) + 2);
            sprintf(line, "%s %.*s", what, (int)b.size, (const char *)b.data);
            self->host->log(self->instance, MARTLET_LOG_INFO, line);
            free(line);
        }

        static void done(void *context, int result, uint64_t version) {
            pending *p = context;
            char text[64];
            snprintf(text, sizeof text, "{\"result\":%d,\"version\":%d}", result, (int)version);
            p->self->host->answer(p->self->instance, p->call, result == 0 ? 200 : 500, bytes(text));
            free(p);
        }

        static pending *later(probe *self, martlet_call *call) {
            pending *p = malloc(sizeof *p);
            p->self = self;
            p->call = call;
            return p;
        }

        static int send_out(probe *self, martlet_bytes body, martlet_done done, void *context) {
            static const martlet_property system[] = {{"contentType", "application/json"}, {"contentEncoding", "utf-8"}};
            martlet_message message = {sizeof message, "out", body, NULL, 0, system, 2};
            return self->host->send(self->instance, &message, done, context);
        }

        static void *create(const martlet_host_api *host, martlet_instance *instance) {
            probe *self = malloc(sizeof *self);
        #ifdef REFUSES
            host->log(instance, MARTLET_LOG_ERROR, "no sensor there");
            free(self);
            return NULL;
        #endif
            self->host = host;
            self->instance = instance;
            return self;
        }

        static int start(void *context, martlet_bytes twin) {
            log_text(context, "started build " BUILD, twin);
            return START_RESULT;
        }

        static void receive(void *context, const martlet_message *message) {
            char what[128];
            snprintf(what, sizeof what, "received %s", message->name);
            log_text(context, what, message->body);
            send_out(context, message->body, NULL, NULL);
        }

        static void desired(void *context, martlet_bytes patch, uint64_t version) {
            (void)version;
            log_text(context, "desired", patch);
        }

        static int invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call) {
            probe *self = context;
            char text[64];
            if (!strcmp(method, "count")) {
                snprintf(text, sizeof text, "%d", ++count);
                return self->host->answer(self->instance, call, 200, bytes(text));
            }
            if (!strcmp(method, "build")) return self->host->answer(self->instance, call, 200, bytes(BUILD));
            if (!strcmp(method, "echo")) return self->host->answer(self->instance, call, 200, payload);
            if (!strcmp(method, "send")) return send_out(self, payload, done, later(self, call));
            if (!strcmp(method, "report")) return self->host->report(self->instance, payload, done, later(self, call));
            if (!strcmp(method, "twin")) return self->host->answer(self->instance, call, 200, self->host->twin(self->instance));
            if (!strcmp(method, "never")) return MARTLET_OK;
            return self->host->answer(self->instance, call, 404, bytes("null"));
        }

        static void destroy(void *self) { free(self); }

        const martlet_module_api *martlet_module(const martlet_host_api *host) {
            static const martlet_module_api api = {
                VERSION, SIZE, 0, create, start, receive, desired, invoke, destroy,
            };
            (void)host;
            return &api;
        }

        """#
}

/// A plain C library: nothing in it knows of Martlet.
enum PlainSource {
    static let text = #"""
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        static int64_t count;
        int64_t plain_count(void) { return ++count; }
        double plain_add(double a, double b) { return a + b; }
        const char *plain_greet(const char *name) {
            static char text[64];
            snprintf(text, sizeof text, "moin %s", name);
            return text;
        }
        void plain_crash(void) { abort(); }

        """#

    /// How the manifest binds it.
    nonisolated(unsafe) static let functions: [String: Any] = [
        "count": ["symbol": "plain_count", "arguments": [], "returns": "int64"],
        "add": ["symbol": "plain_add", "arguments": ["double", "double"], "returns": "double"],
        "greet": ["symbol": "plain_greet", "arguments": ["string"], "returns": "string"],
        "crash": ["symbol": "plain_crash", "arguments": [], "returns": "void"],
    ]
}

/// A stdio module that sends message after message, sixteen at once under way, and appends the number of each that was acknowledged
/// to the file `argv[1]`.
enum SenderSource {
    static let text = #"""
        #include <fcntl.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>
        static char line[1 << 20];
        static void post(int n) {
            printf("{\"id\":%d,\"method\":\"send\",\"params\":{\"output\":\"out\",\"body\":{\"n\":%d}}}\n", n, n);
            fflush(stdout);
        }
        int main(int argc, char **argv) {
            int acknowledged = open(argv[argc - 1], O_WRONLY | O_APPEND | O_CREAT, 0600), next = 0;
            while (fgets(line, sizeof line, stdin)) {
                if (strstr(line, "\"method\":\"start\"")) {
                    while (next < 16) post(next++);
                } else if (strstr(line, "\"method\":\"stop\"")) {
                    return 0;
                } else if (strstr(line, "\"result\"")) {
                    const char *id = strstr(line, "\"id\":");
                    int n = 0;
                    char text[32];
                    if (!id || sscanf(id + 5, "%d", &n) != 1) continue;
                    if (write(acknowledged, text, sprintf(text, "%d\n", n)) < 0) return 1;
                    post(next++);
                } else {
                    fputs(line, stderr);
                }
            }
            return 0;
        }

        """#
}
