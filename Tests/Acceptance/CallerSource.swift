/// Modules that call others for whoever calls them: as a library and as a stdio program.
///
/// | method | does |
/// |---|---|
/// | `echo` | answers with the payload |
/// | `never` | answers nothing; the library logs it |
/// | `late` | answers with the payload, 700 ms later |
/// | `call.M.METHOD.MS` | calls `METHOD` of `M` (`edgeAgent` is `$edgeAgent`) with the payload: `{"result":0,"status":…,"payload":…}` |
/// | `flood.M.METHOD.MS.N` | does so N times at once: how many came to each result |
/// | `burst.M.N` | calls `echo` of `M` N times at once, each with its number: how many got theirs |
///
/// A result is one of martlet.h.
enum CallerSource {
    static let library = #"""
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include "martlet.h"
        typedef struct { const martlet_host_api *host; martlet_instance *me; } caller;
        typedef struct { caller *self; martlet_call *call; int single, open, number, counts[9], right; } work;
        typedef struct { work *work; int number; } one;
        typedef struct { caller *self; martlet_call *call; char text[256]; } later;

        static martlet_bytes bytes(const char *text) { martlet_bytes b = {text, strlen(text)}; return b; }

        static void answered(void *context, int result, int status, martlet_bytes payload) {
            one *o = context;
            work *w = o->work;
            char *text = malloc(payload.size + 200);
            if (result <= 0 && result > -9) w->counts[-result]++;
            if (result == 0 && payload.size < 20 && snprintf(text, 20, "%d", o->number) == (int)payload.size
                && !memcmp(text, payload.data, payload.size)) w->right++;
            free(o);
            if (--w->open == 0) {
                if (w->single)
                    sprintf(text, "{\"result\":%d,\"status\":%d,\"payload\":%.*s}", result, status, payload.size ? (int)payload.size : 4,
                            payload.size ? (const char *)payload.data : "null");
                else
                    sprintf(text, "{\"0\":%d,\"-1\":%d,\"-3\":%d,\"-5\":%d,\"-6\":%d,\"right\":%d}", w->counts[0], w->counts[1],
                            w->counts[3], w->counts[5], w->counts[6], w->right);
                w->self->host->answer(w->self->me, w->call, 200, bytes(text));
                free(w);
            }
            free(text);
        }

        static void answer_late(void *context) {
            later *l = context;
            l->self->host->answer(l->self->me, l->call, 200, bytes(l->text));
            free(l);
        }

        static void *create(const martlet_host_api *host, martlet_instance *me) {
            caller *self = malloc(sizeof *self);
            self->host = host;
            self->me = me;
            return self;
        }

        static int begin(caller *self, martlet_call *call, martlet_bytes payload, const char *module, const char *method, int ms, int count,
                         int single, int numbers) {
            work *w = calloc(1, sizeof *w);
            char name[200];
            snprintf(name, sizeof name, "%s%s", strcmp(module, "edgeAgent") ? "" : "$", module);
            w->self = self;
            w->call = call;
            w->single = single;
            w->open = count;
            for (int i = 0; i < count; i++) {
                one *o = malloc(sizeof *o);
                char number[20];
                o->work = w;
                o->number = i;
                snprintf(number, sizeof number, "%d", i);
                int result = self->host->invoke(self->me, name, method, numbers ? bytes(number) : payload, ms, answered, o);
                if (result != MARTLET_OK) { martlet_bytes none = {0, 0}; answered(o, result, 0, none); }
            }
            return MARTLET_OK;
        }

        static int invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call) {
            caller *self = context;
            char module[128], name[128];
            int ms, count;
            if (!strcmp(method, "echo")) return self->host->answer(self->me, call, 200, payload);
            if (!strcmp(method, "never")) {
                self->host->log(self->me, MARTLET_LOG_INFO, "never");
                return MARTLET_OK;
            }
            if (!strcmp(method, "late")) {
                later *l = malloc(sizeof *l);
                l->self = self;
                l->call = call;
                snprintf(l->text, sizeof l->text, "%.*s", (int)payload.size, (const char *)payload.data);
                return self->host->timer_start(self->me, 700, 0, answer_late, l) ? MARTLET_OK : MARTLET_ERROR_FAILED;
            }
            if (sscanf(method, "call.%100[^.].%100[^.].%d", module, name, &ms) == 3)
                return begin(self, call, payload, module, name, ms, 1, 1, 0);
            if (sscanf(method, "flood.%100[^.].%100[^.].%d.%d", module, name, &ms, &count) == 4)
                return begin(self, call, payload, module, name, ms, count, 0, 0);
            if (sscanf(method, "burst.%100[^.].%d", module, &count) == 2)
                return begin(self, call, payload, module, "echo", 60000, count, 0, 1);
            return self->host->answer(self->me, call, 404, bytes("null"));
        }

        static void destroy(void *self) { free(self); }

        const martlet_module_api *martlet_module(const martlet_host_api *host) {
            static const martlet_module_api api = {
                MARTLET_ABI_VERSION, sizeof api, 0, create, NULL, NULL, NULL, invoke, destroy,
            };
            (void)host;
            return &api;
        }

        """#

    static let script = #"""
        #!/usr/bin/env python3
        import json, sys, threading
        lock = threading.Lock()
        def write(line):
            with lock:
                print(json.dumps(line), flush=True)
        def answer(id, payload, status=200):
            write({"id": id, "result": {"status": status, "payload": payload}})
        codes = {400: "-1", 429: "-3", 404: "-5", 504: "-6"}
        waiting = {}
        last = 0
        class Work: pass
        def begin(call, module, method, ms, payloads, single):
            global last
            work = Work()
            work.call, work.single, work.open, work.right = call, single, len(payloads), 0
            work.counts = {"0": 0, "-1": 0, "-3": 0, "-5": 0, "-6": 0}
            for payload in payloads:
                last += 1
                waiting[last] = (work, payload)
                write({"id": last, "method": "invoke", "params": {"module": "$edgeAgent" if module == "edgeAgent" else module,
                    "name": method, "payload": payload, "timeoutSeconds": ms / 1000}})
        def answered(line):
            work, sent = waiting.pop(line["id"])
            result = line.get("result")
            code = "0" if result else codes[line["error"]["data"]["status"]]
            work.counts[code] += 1
            if result and result["payload"] == sent: work.right += 1
            work.open -= 1
            if work.open: return
            if work.single:
                result = result or {"status": 0, "payload": None}
                answer(work.call, {"result": int(code), "status": result["status"], "payload": result["payload"]})
            else:
                answer(work.call, dict(work.counts, right=work.right))
        write({"method": "ready"})
        for text in sys.stdin:
            line = json.loads(text)
            method = line.get("method")
            if method == "stop": break
            if method is None: answered(line)
            if method != "invoke": continue
            name, payload, id = line["params"]["name"], line["params"]["payload"], line["id"]
            parts = name.split(".")
            if name == "echo": answer(id, payload)
            elif name == "never": pass
            elif name == "late": threading.Timer(0.7, answer, [id, payload]).start()
            elif parts[0] == "call": begin(id, parts[1], parts[2], int(parts[3]), [payload], True)
            elif parts[0] == "flood": begin(id, parts[1], parts[2], int(parts[3]), [payload] * int(parts[4]), False)
            elif parts[0] == "burst": begin(id, parts[1], "echo", 60000, list(range(int(parts[2]))), False)
            else: answer(id, None, 404)

        """#
}
