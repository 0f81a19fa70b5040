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
            let path = try compileSharedLibrary(source: TestLibrary.source, named: "libtest.so", in: folder)
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

    private static let source = """
        #include <math.h>
        #include <stdbool.h>
        #include <stddef.h>
        #include <stdint.h>
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
        double not_a_number(void) { return NAN; }
        float infinite(void) { return -INFINITY; }
        """
}
