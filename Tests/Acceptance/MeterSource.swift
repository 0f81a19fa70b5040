/// A library as a maker of meters sells it: nothing in it knows of Martlet. It writes down what is done to it.
enum MeterSource {
    static let text = #"""
        #include <pthread.h>
        #include <stdatomic.h>
        #include <stdbool.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <string.h>
        #include <time.h>
        typedef struct { double gain; float offset; } calibration;
        typedef struct { int64_t at; double value; } reading;
        typedef struct { int8_t a; double b; bool c; } mixed;
        typedef struct { uint8_t channel; double limit; } threshold;
        typedef void (*alarm)(int32_t number, double value, const char *text, const uint8_t *data, size_t length,
                              const threshold *threshold, void *user);
        int meter_version = 7;
        static FILE *notes;
        static int channel;
        static pthread_t thread;
        static atomic_int is_running;
        static alarm callback;
        static void *context;

        int32_t meter_open(const char *path, uint8_t number) {
            notes = fopen(path, "a");
            if (!notes) return -2;
            fprintf(notes, "open %d\n", number);
            channel = number;
            return 0;
        }
        void meter_close(const char *word) { fprintf(notes, "close %s\n", word); fclose(notes); }
        static void *run(void *unused) {
            static const uint8_t data[] = {0, 1, 255};
            threshold t = {channel, 80.5};
            for (int n = 0; atomic_load(&is_running); n++) {
                const struct timespec pause = {0, 5000000};
                callback(n, 0.5, "zu heiß", data, sizeof data, &t, context);
                nanosleep(&pause, NULL);
            }
            return unused;
        }
        int meter_on(alarm cb, void *user) {
            fputs("on\n", notes);
            fflush(notes);
            callback = cb;
            context = user;
            atomic_store(&is_running, 1);
            return pthread_create(&thread, NULL, run, NULL);
        }
        void meter_off(alarm cb, void *user) {
            atomic_store(&is_running, 0);
            pthread_join(thread, NULL);
            fputs(cb == callback && user == context ? "off\n" : "wrong\n", notes);
        }
        uint32_t meter_checksum(const uint8_t *data, size_t length) {
            uint32_t sum = 0;
            for (size_t i = 0; i < length; i++) sum += data[i];
            return sum;
        }
        int32_t meter_serial(uint8_t *to, size_t capacity) { return snprintf((char *)to, capacity, "M-%03d", channel); }
        void meter_raw(uint8_t *to, size_t capacity) { memset(to, channel, capacity); }
        void meter_name(uint8_t *to, size_t *length) { if (*length >= 5) { memcpy(to, "meter", 5); *length = 5; } }
        int32_t meter_liar(uint8_t *to, size_t capacity) { (void)to; (void)capacity; return 9; }
        bool meter_read(const calibration *c, reading *r) { r->at = channel; r->value = channel * c->gain + c->offset; return true; }
        void meter_double(mixed *m, int32_t *n) { m->a *= 2; m->b *= 2; m->c = !m->c; *n *= 2; }

        """#

    /// How the manifest binds it.
    nonisolated(unsafe) static let functions: [String: Any] = [
        "open": ["symbol": "meter_open", "arguments": ["string", "uint8"], "returns": "int32"],
        "close": ["symbol": "meter_close", "arguments": ["string"], "returns": "void"],
        "checksum": ["symbol": "meter_checksum", "arguments": ["bytes"], "returns": "uint32"],
        "serial": ["symbol": "meter_serial", "arguments": [["buffer": 16, "length": "returns"]], "returns": "int32"],
        "raw": ["symbol": "meter_raw", "arguments": [["buffer": 4]], "returns": "void"],
        "name": ["symbol": "meter_name", "arguments": [["buffer": 16, "length": "pointer"]], "returns": "void"],
        "liar": ["symbol": "meter_liar", "arguments": [["buffer": 4, "length": "returns"]], "returns": "int32"],
        "read": [
            "symbol": "meter_read", "returns": "bool",
            "arguments": [
                ["struct": ["gain": "double", "offset": "float"]], ["struct": ["at": "int64", "value": "double"], "direction": "out"],
            ],
        ],
        "double": [
            "symbol": "meter_double", "returns": "void",
            "arguments": [
                ["struct": ["a": "int8", "b": "double", "c": "bool"], "direction": "inout"], ["pointer": "int32", "direction": "inout"],
            ],
        ],
    ]

    nonisolated(unsafe) static let callbacks: [String: Any] = [
        "alarm": [
            "subscribe": "meter_on", "unsubscribe": "meter_off", "expect": 0, "output": "alarm",
            "arguments": ["int32", "double", "string", "bytes", ["struct": ["channel": "uint8", "limit": "double"]], "user"],
        ]
    ]
}
