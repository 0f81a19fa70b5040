/// A library to be preloaded: a wall clock that is wrong by as many seconds as the `int64_t` says that is mapped from the file
/// `MARTLET_CLOCK`. Clocks that only run forward are left alone.
enum ClockShimSource {
    static let text = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static const volatile int64_t *offset;
        static int (*real)(clockid_t, struct timespec *);

        __attribute__((constructor)) static void begin(void) {
            const char *file = getenv("MARTLET_CLOCK");
            int descriptor = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
            if (descriptor < 0) return;
            void *memory = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, descriptor, 0);
            close(descriptor);
            if (memory != MAP_FAILED) offset = memory;
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(clock, now);
            if (result == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset;
            return result;
        }

        int gettimeofday(struct timeval *now, void *zone) {
            struct timespec time;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &time);
            now->tv_sec = time.tv_sec;
            now->tv_usec = time.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *now) {
            struct timespec time;
            clock_gettime(CLOCK_REALTIME, &time);
            if (now) *now = time.tv_sec;
            return time.tv_sec;
        }

        """#
}
