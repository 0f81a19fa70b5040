import Foundation
import TestSupport

/// The C functions that the tests call, compiled by the C compiler of this machine.
final class TestLibrary: @unchecked Sendable {
    private let folder = TemporaryFolder()
    private let handle: UnsafeMutableRawPointer

    /// One for all tests; unloaded with the process.
    static let shared = TestLibrary()

    private init() {
        do {
            let path = try compileSharedLibrary(source: valueSource + pointerSource + callbackSource, named: "libtest.so", in: folder)
            guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { preconditionFailure(String(cString: dlerror())) }
            self.handle = handle
        } catch {
            preconditionFailure("\(error)")
        }
    }

    subscript(symbol: String) -> UnsafeMutableRawPointer {
        guard let address = dlsym(handle, symbol) else { preconditionFailure("no symbol \(symbol)") }
        return address
    }
}

private let valueSource = """
    #include <errno.h>
    #include <math.h>
    #include <pthread.h>
    #include <stdbool.h>
    #include <stddef.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <string.h>
    #define SAME(name, type) type same_##name(type value) { return value; }
    SAME(bool, bool) SAME(float, float) SAME(double, double) SAME(string, const char *)
    SAME(int8, int8_t) SAME(uint8, uint8_t) SAME(int16, int16_t) SAME(uint16, uint16_t)
    SAME(int32, int32_t) SAME(uint32, uint32_t) SAME(int64, int64_t) SAME(uint64, uint64_t)
    static int calls;
    void count(void) { calls++; }
    int32_t counted(void) { return calls; }
    double mixed(bool a, int8_t b, uint16_t c, int64_t d, float e, double f, const char *g) {
        return a + b + c + (double)d + e + f + strlen(g);
    }
    double sixteen(double a, float b, int8_t c, int64_t d, double e, float f, int8_t g, int64_t h,
                   double i, float j, int8_t k, int64_t l, double m, float n, int8_t o, int64_t p) {
        return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l + 13 * m + 14 * n + 15 * o + 16 * p;
    }
    const char *nothing(void) { return NULL; }
    const char *broken(void) { return "a\\xff"; }
    const char *endless(void) {
        static char text[262146];
        memset(text, 'x', sizeof text - 1);
        return text;
    }
    double not_a_number(void) { return NAN; }
    float infinite(void) { return -INFINITY; }

    """

private let pointerSource = """
    typedef struct {
        int8_t a; double b; uint8_t c; int16_t d; bool e; uint32_t f; int8_t g; int64_t h; float i; uint16_t j; uint64_t k; int8_t l;
    } odd;
    double odd_sum(const odd *o) {
        return o->a + o->b + o->c + o->d + o->e + o->f + o->g + (double)o->h + o->i + o->j + (double)o->k + o->l;
    }
    void odd_keep(odd *o) { odd copy = *o; memset(o, 0xee, sizeof *o); *o = copy; }
    int64_t odd_size(void) { return sizeof(odd); }
    int32_t odd_find(const odd *o) {
        static const size_t at[] = {
            offsetof(odd, a), offsetof(odd, b), offsetof(odd, c), offsetof(odd, d), offsetof(odd, e), offsetof(odd, f), offsetof(odd, g),
            offsetof(odd, h), offsetof(odd, i), offsetof(odd, j), offsetof(odd, k), offsetof(odd, l), sizeof(odd),
        };
        const unsigned char *bytes = (const unsigned char *)o;
        int found = -1;
        for (int m = 0; m < 12; m++)
            for (size_t b = at[m]; b < at[m + 1]; b++)
                if (bytes[b]) { if (found >= 0 && found != m) return -2; found = m; }
        return found;
    }
    void fill(void *to, int64_t size) { memset(to, 1, size); }
    double half(const double *value) { return *value / 2; }
    bool divide(int32_t a, int32_t b, int32_t *quotient, int32_t *rest) { *quotient = a / b; *rest = a % b; return true; }
    void increment(int64_t *value) { ++*value; }
    void negate(bool *value) { *value = !*value; }
    void add_one(int32_t *value, uint8_t *data, size_t capacity) { ++*value; for (size_t i = 0; i < capacity; i++) data[i] += i == 0; }
    uint64_t sum(const uint8_t *data, size_t length) {
        uint64_t sum = 0;
        for (size_t i = 0; i < length; i++) sum += data[i];
        return data ? sum : UINT64_MAX;
    }
    #define P(n) const uint8_t *d##n, size_t l##n
    #define S(n) sum(d##n, l##n)
    uint64_t sum16(P(0), P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9), P(10), P(11), P(12), P(13), P(14), P(15)) {
        return S(0) + S(1) + S(2) + S(3) + S(4) + S(5) + S(6) + S(7) + S(8) + S(9) + S(10) + S(11) + S(12) + S(13) + S(14) + S(15);
    }
    size_t copy(const uint8_t *data, size_t length, uint8_t *to, size_t capacity) {
        if (length > capacity) length = capacity;
        memcpy(to, data, length);
        return length;
    }
    void copy_told(const uint8_t *data, size_t length, uint8_t *to, size_t *capacity) { *capacity = copy(data, length, to, *capacity); }
    int64_t tell(int64_t length, uint8_t *to, size_t capacity) { (void)to; (void)capacity; return length; }
    void tell_behind(int64_t length, uint8_t *to, size_t *capacity) { (void)to; *capacity = (size_t)length; }
    const char *first(const char *text, const uint8_t *data, size_t length) { (void)data; (void)length; return text; }

    """

private let callbackSource = """
    typedef struct { int8_t tag; double x; uint16_t n; } point;
    typedef void (*all)(bool, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, float, double, const char *,
                        const uint8_t *, size_t, const point *, const int32_t *, void *);
    void call_all(all cb, void *user) {
        char text[8] = "gr\\xc3\\xbc\\xc3\\x9f" "e";
        uint8_t data[] = {1, 2, 255};
        point p = {-1, 0.5, 65535};
        int32_t n = -3;
        cb(true, -8, 8, -16, 16, -32, 32, -64, 0xc000000000000000u, 0.25f, -0.1, text, data, 3, &p, &n, user);
        memset(text, 0, sizeof text); memset(data, 0, sizeof data); memset(&p, 0, sizeof p); n = 0;
    }
    void call_null(void (*cb)(const char *, const uint8_t *, size_t, const uint8_t *, size_t, const point *, const double *)) {
        cb(NULL, NULL, 7, (const uint8_t *)"", 0, NULL, NULL);
    }
    #define ZERO(name, type) int call_for_##name(type (*cb)(void *), void *user) { return !cb(user); }
    ZERO(bool, bool) ZERO(int8, int8_t) ZERO(int32, int32_t) ZERO(uint64, uint64_t) ZERO(float, float) ZERO(double, double)
    ZERO(string, const char *)
    void call_once(void (*cb)(void *), void *user) { cb(user); }
    int call_with_errno(void (*cb)(void *), void *user) { errno = 77; cb(user); return errno; }

    typedef int (*numbers)(int32_t, int32_t, void *);
    static struct { pthread_t thread; int number; numbers cb; void *user; } threads[4];
    static void *run(void *context) {
        for (int i = 0; i < 1000; i++) threads[(intptr_t)context].cb((intptr_t)context, i, threads[(intptr_t)context].user);
        return NULL;
    }
    int call_from_threads(numbers cb, void *user) {
        int failed = 0;
        for (intptr_t i = 0; i < 4; i++) {
            threads[i].cb = cb;
            threads[i].user = user;
            failed |= pthread_create(&threads[i].thread, NULL, run, (void *)i);
        }
        return failed;
    }
    int join_threads(numbers cb, void *user) {
        (void)cb; (void)user;
        for (int i = 0; i < 4; i++) pthread_join(threads[i].thread, NULL);
        return 0;
    }
    typedef void (*data)(const uint8_t *, size_t, void *);
    void call_flood(data cb, void *user) {
        uint8_t bytes[100] = {0};
        for (int i = 0; i < 20000; i++) cb(bytes, sizeof bytes, user);
    }
    void call_bytes(data cb, void *user) { cb((const uint8_t *)"x", 1, user); }
    void call_large(void (*cb)(const uint8_t *, size_t, const char *, void *), void *user) {
        char *bytes = malloc(262146);
        memset(bytes, 5, 262145);
        bytes[262145] = 0;
        cb((uint8_t *)bytes, 262000, "0123456789", user);
        cb((uint8_t *)bytes, 262145, "0123456789", user);
        cb((uint8_t *)bytes, 10, bytes, user);
        cb((uint8_t *)bytes, SIZE_MAX, "0123456789", user);
        free(bytes);
    }
    static int (*remembered)(int32_t, void *);
    static void *remembered_user;
    void remember(int (*cb)(int32_t, void *), void *user) { remembered = cb; remembered_user = user; }
    int call_remembered(void) { return remembered(1, remembered_user); }

    """
