/// A module that writes down what it sends, what of it is acknowledged, and what it gets; the same as a library and as a stdio program.
///
/// Its desired properties: `name` (its own, which its messages bear), `ledger` (the file it appends to), `most` (how many it sends in
/// one life to its output `out`; 0: none), `window` (how many at once under way) and `bytes` (that each has beside).
///
/// | line | what happened |
/// |---|---|
/// | `+` | it has started |
/// | `s N` | it is about to send `{"f":NAME,"n":N}`, N one more than in any life before |
/// | `a N` | that was acknowledged |
/// | `x N TEXT` | that was refused; the next one goes 5 ms later, from a stdio module at once |
/// | `r NAME N` | it got one |
enum CourierSource {
    static let library =
        ledger + #"""
            #include "martlet.h"
            static const martlet_host_api *host;
            static martlet_instance *me;
            static void done(void *context, int result, uint64_t version);

            static void post(void *unused) {
                static const martlet_property system[] = {{"contentType", "application/json"}, {"contentEncoding", "utf-8"}};
                (void)unused;
                if (life_sent >= most) return;
                const char *body = next_body();
                martlet_message message = {sizeof message, "out", {body, strlen(body)}, NULL, 0, system, 2};
                int result = host->send(me, &message, done, (void *)next);
                if (result) done((void *)next, result, 0);
            }

            static void done(void *context, int result, uint64_t version) {
                (void)version;
                if (result == MARTLET_OK) {
                    note("a %ld\n", (long)context);
                    post(NULL);
                } else {
                    note("x %ld %s\n", (long)context, host->error_text(result));
                    host->timer_start(me, 5, 0, post, NULL);
                }
            }

            static void *create(const martlet_host_api *h, martlet_instance *i) { host = h; me = i; return &file; }
            static void begin(void *unused) { (void)unused; for (long i = 0; i < window; i++) post(NULL); }
            static int start(void *self, martlet_bytes twin) {
                (void)self;
                char *text = strndup(twin.data, twin.size);
                open_ledger(text);
                free(text);
                host->timer_start(me, 0, 0, begin, NULL);
                return MARTLET_OK;
            }
            static void receive(void *self, const martlet_message *message) {
                (void)self;
                received(message->body.data, message->body.size);
            }
            static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                (void)self; (void)method;
                return host->answer(me, call, 200, payload);
            }
            static void destroy(void *self) { (void)self; close(file); }
            const martlet_module_api *martlet_module(const martlet_host_api *h) {
                static const martlet_module_api api = { 1, sizeof api, 0, create, start, receive, 0, invoke, destroy };
                (void)h;
                return &api;
            }

            """#

    /// It answers each message that has an id once it has written it down.
    static let program =
        ledger + #"""
            static char line[1 << 20];
            static void post(void) {
                if (life_sent >= most) return;
                const char *body = next_body();
                printf("{\"id\":%ld,\"method\":\"send\",\"params\":{\"output\":\"out\",\"body\":%s}}\n", next, body);
                fflush(stdout);
            }
            static long id(void) { return number(line, "\"id\":"); }
            int main(void) {
                while (fgets(line, sizeof line, stdin)) {
                    if (strstr(line, "\"method\":\"start\"")) {
                        open_ledger(line);
                        puts("{\"method\":\"ready\",\"params\":{\"acknowledge\":true}}");
                        fflush(stdout);
                        for (long i = 0; i < window; i++) post();
                    } else if (strstr(line, "\"method\":\"stop\"")) {
                        return 0;
                    } else if (strstr(line, "\"method\":\"message\"")) {
                        const char *body = strstr(line, "{\"f\":");
                        if (body) received(body, strlen(body));
                        /* Its id is any JSON value: it goes back as it came. */
                        const char *id = strstr(line, "\"id\":");
                        if (id) printf("{%.*s,\"result\":{}}\n", (int)strcspn(id, ",}"), id);
                        fflush(stdout);
                    } else if (strstr(line, "\"result\"")) {
                        note("a %ld\n", id());
                        post();
                    } else if (strstr(line, "\"error\"")) {
                        note("x %ld refused\n", id());
                        fputs(line, stderr);
                        post();
                    }
                }
                return 0;
            }

            """#

    private static let ledger = #"""
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>
        static int file = -1;
        static long next, life_sent, most, window, filling;
        static char name[64];

        static void note(const char *format, ...) {
            char text[160];
            va_list values;
            va_start(values, format);
            int size = vsnprintf(text, sizeof text, format, values);
            va_end(values);
            if (write(file, text, size) != size) abort();
        }

        static long number(const char *from, const char *key) {
            const char *place = strstr(from, key);
            return place ? atol(place + strlen(key)) : 0;
        }

        static void string(const char *from, const char *key, char *out, size_t size) {
            const char *place = strstr(from, key), *end = place ? strchr(place += strlen(key), '"') : NULL;
            snprintf(out, size, "%.*s", end ? (int)(end - place) : 0, place ? place : "");
        }

        /* The number that was sent last, in any life: near the end of the file. */
        static long last_sent(void) {
            static char tail[8193];
            struct stat status;
            fstat(file, &status);
            off_t from = status.st_size > 8192 ? status.st_size - 8192 : 0;
            ssize_t size = pread(file, tail, 8192, from);
            long last = 0;
            tail[size > 0 ? size : 0] = 0;
            for (char *line = tail; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
                if (line[0] == 's') last = atol(line + 2);
            return last;
        }

        static void open_ledger(const char *twin) {
            char path[512];
            string(twin, "\"name\":\"", name, sizeof name);
            string(twin, "\"ledger\":\"", path, sizeof path);
            most = number(twin, "\"most\":");
            window = number(twin, "\"window\":");
            filling = number(twin, "\"bytes\":");
            file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
            next = last_sent();
            note("+\n");
        }

        static const char *next_body(void) {
            static char body[70000];
            int size = sprintf(body, "{\"f\":\"%s\",\"n\":%ld", name, ++next);
            if (filling > 0) {
                size += sprintf(body + size, ",\"x\":\"");
                memset(body + size, 'x', filling);
                size += filling;
                size += sprintf(body + size, "\"");
            }
            sprintf(body + size, "}");
            life_sent++;
            note("s %ld\n", next);
            return body;
        }

        static void received(const char *body, size_t size) {
            char text[128], from[64];
            snprintf(text, sizeof text, "%.*s", (int)(size < 127 ? size : 127), body);
            string(text, "\"f\":\"", from, sizeof from);
            note("r %s %ld\n", from, number(text, "\"n\":"));
        }

        """#
}
