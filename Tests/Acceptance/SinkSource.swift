/// A library module that logs what comes, one message after the other, with a pause between them.
///
/// ```
/// took 5 from sender on Hannover01 at 2026-11-23T02:29:07.123Z: messageId=7 connectionDeviceId=Hannover01 …
/// ```
enum SinkSource {
    static let text = #"""
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>
        #include "martlet.h"
        static const martlet_host_api *host;
        static martlet_instance *me;
        static int state;
        static char text[2000];

        static void *create(const martlet_host_api *h, martlet_instance *i) { host = h; me = i; return &state; }
        static void destroy(void *self) { (void)self; }

        static const char *system_property(const martlet_message *m, const char *name) {
            for (size_t i = 0; i < m->system_property_count; i++)
                if (!strcmp(m->system_properties[i].name, name)) return m->system_properties[i].value;
            return "nobody";
        }

        static void receive(void *self, const martlet_message *m) {
            (void)self;
            int n = snprintf(text, sizeof text, "took %.*s from %s on %s at %s:", (int)m->body.size, (const char *)m->body.data,
                             system_property(m, "connectionModuleId"), system_property(m, "connectionDeviceId"),
                             system_property(m, "enqueuedTime"));
            for (size_t i = 0; i < m->system_property_count && n < 1500; i++)
                n += snprintf(text + n, 200, " %s=%.100s", m->system_properties[i].name, m->system_properties[i].value);
            host->log(me, MARTLET_LOG_INFO, text);
            usleep(20000);
        }

        const martlet_module_api *martlet_module(const martlet_host_api *h) {
            (void)h;
            static const martlet_module_api api = {
                MARTLET_ABI_VERSION, sizeof(martlet_module_api), 0, create, NULL, receive, NULL, NULL, destroy,
            };
            return &api;
        }

        """#

    /// The same over standard input, without a word on what it has taken.
    static let reading = #"""
        #!/bin/sh
        echo '{"method":"ready"}'
        while IFS= read -r line; do
            case $line in
                *'"method":"stop"'*) exit 0 ;;
                *'"method":"message"'*)
                    body=${line##*\"body\":}; body=${body%%[,\}]*}
                    sender=${line##*\"connectionModuleId\":\"}; sender=${sender%%\"*}
                    time=${line##*\"enqueuedTime\":\"}; time=${time%%\"*}
                    device=${line##*\"connectionDeviceId\":\"}; device=${device%%\"*}
                    echo "took $body from $sender on $device at $time: $line" >&2
                    sleep 0.02 ;;
            esac
        done

        """#

    /// The same with a runtime that reads ahead: it answers what it has taken.
    static let answering = #"""
        #!/usr/bin/env python3
        import json, sys, time
        print('{"method":"ready","params":{"acknowledge":true}}', flush=True)
        for line in sys.stdin:
            message = json.loads(line)
            if message["method"] == "stop": break
            if message["method"] != "message": continue
            p = message["params"]
            s = p["systemProperties"]
            print("took %s from %s on %s at %s: %s" % (json.dumps(p["body"]), s.get("connectionModuleId", "nobody"),
                  s["connectionDeviceId"], s["enqueuedTime"], line.strip()), file=sys.stderr, flush=True)
            time.sleep(0.02)
            if "id" in message: print(json.dumps({"id": message["id"], "result": {}}), flush=True)

        """#
}
