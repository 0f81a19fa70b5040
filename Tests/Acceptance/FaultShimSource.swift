/// A library to be preloaded: what a disk does that breaks or is full. In the folder `MARTLET_FAULT_FOLDER`, files and folders below it
/// included, it lets calls fail as the `FaultPlan` says that is mapped from the file `MARTLET_FAULT_PLAN`.
enum FaultShimSource {
    static let text = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <stdarg.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <sys/stat.h>
        #include <sys/uio.h>
        #include <unistd.h>

        enum { WRITE, SYNC, OPEN, RENAME };
        typedef struct { int32_t kind, first, last, error, seen, failed; } plan;
        static plan *the_plan;
        static char folder[PATH_MAX];

        /* Of each run of slashes one. */
        static void plain(char *out, const char *path) {
            size_t size = 0;
            for (; *path && size < PATH_MAX - 1; path++)
                if (*path != '/' || size == 0 || out[size - 1] != '/') out[size++] = *path;
            out[size] = 0;
        }

        __attribute__((constructor)) static void begin(void) {
            const char *file = getenv("MARTLET_FAULT_PLAN"), *below = getenv("MARTLET_FAULT_FOLDER");
            if (!file || !below) return;
            int descriptor = open(file, O_RDWR | O_CLOEXEC);
            if (descriptor < 0) return;
            void *memory = mmap(NULL, sizeof(plan), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
            close(descriptor);
            plain(folder, below);
            if (memory != MAP_FAILED) the_plan = memory;
        }

        static int is_below(const char *given) {
            char path[PATH_MAX];
            size_t size = strlen(folder);
            plain(path, given);
            return size > 0 && strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == 0);
        }

        static int is_file_below(int descriptor) {
            char link[64], path[PATH_MAX];
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            ssize_t size = readlink(link, path, sizeof path - 1);
            if (size < 0) return 0;
            path[size] = 0;
            return is_below(path);
        }

        static int fails(int kind) {
            if (!the_plan || the_plan->kind != kind) return 0;
            int32_t number = __atomic_add_fetch(&the_plan->seen, 1, __ATOMIC_SEQ_CST);
            if (number < the_plan->first || number > the_plan->last) return 0;
            __atomic_add_fetch(&the_plan->failed, 1, __ATOMIC_SEQ_CST);
            errno = the_plan->error;
            return 1;
        }

        /* Looks at the file only where the plan is about such calls. */
        static int fails_on(int kind, int descriptor) {
            int before = errno;
            int result = the_plan && the_plan->kind == kind && is_file_below(descriptor);
            errno = before;
            return result && fails(kind);
        }

        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
        #define ON_FILE(kind, type, name, parameters, arguments) \
            type name parameters { return fails_on(kind, descriptor) ? -1 : REAL(name) arguments; }
        ON_FILE(WRITE, ssize_t, write, (int descriptor, const void *data, size_t size), (descriptor, data, size))
        ON_FILE(WRITE, ssize_t, writev, (int descriptor, const struct iovec *parts, int count), (descriptor, parts, count))
        ON_FILE(WRITE, ssize_t, pwrite, (int descriptor, const void *data, size_t size, off_t at), (descriptor, data, size, at))
        ON_FILE(WRITE, ssize_t, pwrite64, (int descriptor, const void *data, size_t size, off64_t at), (descriptor, data, size, at))
        ON_FILE(WRITE, int, ftruncate, (int descriptor, off_t size), (descriptor, size))
        ON_FILE(WRITE, int, ftruncate64, (int descriptor, off64_t size), (descriptor, size))
        ON_FILE(SYNC, int, fsync, (int descriptor), (descriptor))
        ON_FILE(SYNC, int, fdatasync, (int descriptor), (descriptor))

        #define OPENING(name) \
            int name(const char *path, int flags, ...) { \
                va_list rest; \
                va_start(rest, flags); \
                mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
                va_end(rest); \
                return is_below(path) && fails(OPEN) ? -1 : REAL(name)(path, flags, mode); \
            }
        OPENING(open)
        OPENING(open64)
        int __open64_2(const char *path, int flags) { return open64(path, flags); }
        int mkdir(const char *path, mode_t mode) { return is_below(path) && fails(OPEN) ? -1 : REAL(mkdir)(path, mode); }
        int rename(const char *from, const char *to) {
            return (is_below(from) || is_below(to)) && fails(RENAME) ? -1 : REAL(rename)(from, to);
        }

        """#
}
