/// A library module that does what the header forbids, and what is hard to end.
///
/// | method | answer |
/// |---|---|
/// | `wrong` | calls with wrong arguments, by name: their results, and where they have a `done` what that was told |
/// | `foreign` | `{"wrong":n}`: how many calls from another thread were not refused as the header says |
/// | `busy` | `{"timers":200}`: timers, a watch, a thread that posts, messages, reports and calls go on until it ends |
/// | `outlive` | `{"runs":true}`: a thread runs that nobody joins |
/// | `creations` | how often create was called, by a static variable |
enum FaultySource {
    /// What `wrong` answers.
    static let results: [(String, Int)] = [
        ("send without instance", -1), ("send nothing", -1), ("send a short message", -1), ("send without name", -1),
        ("send to a/b", -1), ("send no bytes", -1), ("send no properties", -1), ("send $property", -1), ("send twice a property", -1),
        ("send unknown system property", -1), ("send too large", -2), ("send too large properties", -2), ("report text", -1),
        ("report an array", -1), ("report no bytes", -1), ("report too large", 0), ("report too deep", 0), ("report reserved", 0),
        ("invoke nobody", 0), ("invoke without answer", -1), ("invoke with text", -1), ("invoke too large", 0), ("answer nothing", -5),
        ("answer text", -1), ("stop no timer", -5), ("timer without fire", 0),
        ("stop no watch", -5), ("watch nothing", 0), ("watch a file", 0), ("watch for 99", 0), ("post nothing", -1),
        ("post without instance", -1), ("too many timers", 1), ("too many watches", 1),
        ("told: report too large", -2), ("told: report too deep", -2), ("told: report reserved", -1), ("told: invoke nobody", -5),
        ("told: invoke too large", -1),
    ]

    static let text = #"""
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/eventfd.h>
        #include <unistd.h>
        #include "martlet.h"

        static const martlet_host_api *host;
        static martlet_instance *me;
        static int creations, is_destroyed, has_thread;
        static volatile int ends;
        static pthread_t thread;
        static char big[300000], json[300000], results[8192], *end;
        static int untold, is_inside;
        static martlet_call *waiting;

        static martlet_bytes bytes(const char *t) { martlet_bytes b = {t, strlen(t)}; return b; }
        static void note(const char *name, long result) { end += sprintf(end, "%s\"%s\":%ld", end == results + 1 ? "" : ",", name, result); }

        static void late(void) {
            if (!is_destroyed) return;
            host->log(me, MARTLET_LOG_ERROR, "too late");
            abort();
        }

        /* wrong */
        static void told(const char *name, int result) {
            char text[64];
            snprintf(text, sizeof text, "told: %s", name);
            note(is_inside ? "told inside" : text, result);
            if (--untold) return;
            strcpy(end, "}");
            if (host->answer(me, waiting, 200, bytes(results)) != MARTLET_OK) abort();
            if (host->answer(me, waiting, 200, bytes(results)) != MARTLET_ERROR_NOT_FOUND) abort();
        }
        static void done(void *context, int result, uint64_t version) { told(context, result); }
        static void answered(void *context, int result, int status, martlet_bytes payload) { told(context, result); }
        static void never(void *context) { abort(); }
        static void never_ready(void *context, int events) { abort(); }

        static int sent(const char *name, const char *data, size_t size, const martlet_property *p, size_t count, const martlet_property *s) {
            martlet_message m = {sizeof m, name, {data, size}, p, count, s, s ? 1 : 0};
            return host->send(me, &m, NULL, NULL);
        }
        static int reported(const char *name, const char *text) {
            untold++;
            return host->report(me, bytes(text), done, (void *)name);
        }
        static void wrong(martlet_call *call) {
            static const martlet_property dollar = {"$x", "1"}, twice[] = {{"a", "1"}, {"A", "2"}}, unknown = {"colour", "red"}, large = {"l", big};
            martlet_message m = {sizeof m, "o", {"x", 1}, NULL, 0, NULL, 0};
            end = results + 1;
            results[0] = '{';
            waiting = call;
            untold = is_inside = 1;
            memset(big, 'x', sizeof big - 1);
            note("send without instance", host->send(NULL, &m, NULL, NULL));
            note("send nothing", host->send(me, NULL, NULL, NULL));
            m.size = 4;
            note("send a short message", host->send(me, &m, NULL, NULL));
            note("send without name", sent(NULL, "x", 1, NULL, 0, NULL));
            note("send to a/b", sent("a/b", "x", 1, NULL, 0, NULL));
            note("send no bytes", sent("o", NULL, 5, NULL, 0, NULL));
            note("send no properties", sent("o", "x", 1, NULL, 1, NULL));
            note("send $property", sent("o", "x", 1, &dollar, 1, NULL));
            note("send twice a property", sent("o", "x", 1, twice, 2, NULL));
            note("send unknown system property", sent("o", "x", 1, NULL, 0, &unknown));
            note("send too large", sent("o", big, sizeof big - 1, NULL, 0, NULL));
            note("send too large properties", sent("o", "x", 1, &large, 1, NULL));
            note("report text", host->report(me, bytes("{"), NULL, NULL));
            note("report an array", host->report(me, bytes("[1]"), NULL, NULL));
            note("report no bytes", host->report(me, (martlet_bytes){NULL, 5}, NULL, NULL));
            sprintf(json, "{\"v\":\"%.4000s\",\"w\":[\"%.40000s\"]}", big, big);
            note("report too large", reported("report too large", json));
            char *p = json;
            for (int i = 0; i < 20; i++) p += sprintf(p, "{\"a\":");
            p += sprintf(p, "1");
            for (int i = 0; i < 20; i++) p += sprintf(p, "}");
            note("report too deep", reported("report too deep", json));
            note("report reserved", reported("report reserved", "{\"$version\":7}"));
            untold++;
            note("invoke nobody", host->invoke(me, "nobody", "m", bytes("1"), 1000, answered, "invoke nobody"));
            note("invoke without answer", host->invoke(me, "nobody", "m", bytes("1"), 1000, NULL, NULL));
            note("invoke with text", host->invoke(me, "nobody", "m", bytes("{]"), 1000, answered, NULL));
            sprintf(json, "\"%.200000s\"", big);
            untold++;
            note("invoke too large", host->invoke(me, "loop", "m", bytes(json), 1000, answered, "invoke too large"));
            note("answer nothing", host->answer(me, NULL, 200, bytes("1")));
            note("answer text", host->answer(me, call, 200, bytes("nothing")));
            note("stop no timer", host->timer_stop(me, 77));
            note("timer without fire", host->timer_start(me, 1, 1, NULL, NULL));
            note("stop no watch", host->watch_stop(me, 77));
            note("watch nothing", host->watch_start(me, 9999, MARTLET_READABLE, never_ready, NULL));
            int file = open("/etc/passwd", O_RDONLY);
            note("watch a file", dup2(file, 500) == 500 && host->watch_start(me, 500, MARTLET_READABLE, never_ready, NULL));
            close(file);
            close(500);
            int event = eventfd(0, 0);
            note("watch for 99", host->watch_start(me, event, 99, never_ready, NULL));
            note("post nothing", host->post(me, NULL, NULL));
            note("post without instance", host->post(NULL, never, NULL));
            static martlet_timer timers[2000];
            int count = 0;
            while ((timers[count] = host->timer_start(me, 1000000, 0, never, NULL))) count++;
            for (int i = 0; i < count; i++) if (host->timer_stop(me, timers[i]) != MARTLET_OK) abort();
            note("too many timers", count == 1024);
            for (count = 0; (timers[count] = host->watch_start(me, event, MARTLET_READABLE, never_ready, NULL)); count++) {}
            for (int i = 0; i < count; i++) if (host->watch_stop(me, timers[i]) != MARTLET_OK) abort();
            note("too many watches", count == 64);
            close(event);
            host->log(me, MARTLET_LOG_INFO, NULL);
            host->log(NULL, MARTLET_LOG_INFO, "nobody's");
            is_inside = 0;
            untold--;
        }

        /* foreign */
        static void *call_all(void *context) {
            martlet_message m = {sizeof m, "o", {"x", 1}, NULL, 0, NULL, 0};
            int wrong = host->send(me, &m, NULL, NULL) != MARTLET_ERROR_THREAD;
            wrong += host->report(me, bytes("{}"), NULL, NULL) != MARTLET_ERROR_THREAD;
            wrong += host->twin(me).size != 0;
            wrong += host->invoke(me, "a", "b", bytes("1"), 0, answered, NULL) != MARTLET_ERROR_THREAD;
            wrong += host->answer(me, waiting, 200, bytes("1")) != MARTLET_ERROR_THREAD;
            wrong += host->timer_start(me, 0, 0, never, NULL) != 0;
            wrong += host->timer_stop(me, 1) != MARTLET_ERROR_THREAD;
            host->ready(me);
            wrong += host->watch_start(me, 0, MARTLET_READABLE, never_ready, NULL) != 0;
            wrong += host->watch_stop(me, 1) != MARTLET_ERROR_THREAD;
            host->log(me, MARTLET_LOG_INFO, "log: from a thread");
            return (void *)(long)wrong;
        }
        static void answer_foreign(void *context) {
            char text[32];
            snprintf(text, sizeof text, "{\"wrong\":%ld}", (long)context);
            host->answer(me, waiting, 200, bytes(text));
        }

        /* busy, outlive */
        static void fire(void *context) {
            late();
            sent("o", "x", 1, NULL, 0, NULL);
        }
        static void tell(void *context, int result, uint64_t version) { late(); }
        static void hear(void *context, int result, int status, martlet_bytes payload) { late(); }
        static void see(void *context, int events) {
            martlet_message m = {sizeof m, "o", {big, 1000}, NULL, 0, NULL, 0};
            late();
            host->send(me, &m, tell, NULL);
        }
        static void posted(void *context) { late(); }
        static void *post(void *context) {
            int result;
            do result = host->post(me, posted, NULL); while (!ends && result != MARTLET_ERROR_FAILED);
            return NULL;
        }
        static void *post_for_ever(void *context) {
            int round = 0;
            for (;;) {
                host->post(me, posted, NULL);
                /* Few lines: a module's log keeps the newest only. */
                if (round++ < 10) host->report(me, bytes("{}"), NULL, NULL);
                usleep(500);
            }
        }
        static void start_events(void) {
            for (int i = 0; i < 200; i++) host->timer_start(me, i % 4, 1, fire, NULL);
            host->watch_start(me, eventfd(1, EFD_CLOEXEC), MARTLET_READABLE, see, NULL);
        }
        static int busy(martlet_call *call) {
            start_events();
            for (int i = 0; i < 20; i++) {
                host->report(me, bytes("{\"a\":{\"b\":1}}"), tell, NULL);
                host->invoke(me, "loop", "never", bytes("1"), 0, hear, NULL);
            }
            has_thread = pthread_create(&thread, NULL, post, NULL) == 0;
            return host->answer(me, call, 200, bytes("{\"timers\":200}"));
        }

        static void *create(const martlet_host_api *h, martlet_instance *i) {
            host = h;
            me = i;
            creations++;
            return &creations;
        }
        static void receive(void *self, const martlet_message *m) { late(); }
        static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
            char text[32];
            late();
            waiting = call;
            if (!strcmp(method, "wrong")) wrong(call);
            else if (!strcmp(method, "foreign")) {
                void *result;
                if (pthread_create(&thread, NULL, call_all, NULL) || pthread_join(thread, &result)) return MARTLET_ERROR_FAILED;
                /* After the lines of the thread. */
                return host->post(me, answer_foreign, result);
            } else if (!strcmp(method, "busy")) return busy(call);
            else if (!strcmp(method, "outlive")) {
                pthread_t other;
                if (pthread_create(&other, NULL, post_for_ever, NULL)) return MARTLET_ERROR_FAILED;
                return host->answer(me, call, 200, bytes("{\"runs\":true}"));
            } else if (!strcmp(method, "creations")) {
                snprintf(text, sizeof text, "%d", creations);
                return host->answer(me, call, 200, bytes(text));
            }
            return MARTLET_OK;
        }
        static void destroy(void *self) {
            ends = 1;
            if (has_thread) pthread_join(thread, NULL);
            /* What a module begins now must not go on either. */
            if (has_thread) start_events();
            if (host->post(me, posted, NULL) != MARTLET_ERROR_FAILED) abort();
            host->log(me, MARTLET_LOG_INFO, "destroyed");
            is_destroyed = 1;
        }
        const martlet_module_api *martlet_module(const martlet_host_api *h) {
            static const martlet_module_api api = {1, sizeof api, 0, create, NULL, receive, NULL, invoke, destroy};
            return &api;
        }

        """#
}
