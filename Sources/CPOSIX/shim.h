// The C library. Embedded Swift has no Glibc module; this one serves both builds.
#ifndef MARTLET_CPOSIX_SHIM_H
#define MARTLET_CPOSIX_SHIM_H
#include "containment.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wctype.h>

// The members of statvfs are 32 or 64 bits wide, as the machine is. 0 and 0: it cannot be told.
struct martlet_space { unsigned long long available, total; };
static inline struct martlet_space martlet_disk_space(const char *path) {
    struct statvfs disk;
    struct martlet_space space = {0, 0};
    if (statvfs(path, &disk) != 0) return space;
    space.available = (unsigned long long)disk.f_bavail * disk.f_frsize;
    space.total = (unsigned long long)disk.f_blocks * disk.f_frsize;
    return space;
}

// errno is a macro over a thread's own variable.
static inline int martlet_errno(void) { return errno; }

// open takes its mode as a variable argument. Without O_LARGEFILE a board of 32 bits opens no file of 2 GB; it needs _GNU_SOURCE.
static inline int martlet_open(const char *path, int flags, unsigned mode) {
#ifdef O_LARGEFILE
    flags |= O_LARGEFILE;
#endif
    return open(path, flags, mode);
}

// fcntl takes variable arguments. Locks the whole file for this process alone: unlike a lock of flock, a child between fork and exec
// has no part in it. 0, or -1 and errno.
static inline int martlet_lock_file(int descriptor) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_SETLK, &whole);
}

// fcntl takes variable arguments, and F_SETLEASE is GNU's. 1: somebody has the file open for writing, also through a mapping. 0: nobody, or
// the system does not tell (another user's file, a network file system). A lease is refused while there is a writer. A writer that comes
// in the instant in which it is held waits for it, and this process is sent SIGURG, which does nothing, in place of SIGIO, which ends it.
static inline int martlet_has_writer(int descriptor) {
    enum { set_signal = 10, set_lease = 1024 }; // F_SETSIG, F_SETLEASE on all of Linux
    if (fcntl(descriptor, set_signal, SIGURG) != 0) return 0;
    if (fcntl(descriptor, set_lease, F_RDLCK) != 0) return errno == EAGAIN;
    fcntl(descriptor, set_lease, F_UNLCK);
    return 0;
}

// Swift has no atomics in all its forms. A flag that one thread sets once and others look at now and then.
static inline int martlet_flag_is_set(const int *flag) { return __atomic_load_n(flag, __ATOMIC_RELAXED); }
static inline void martlet_set_flag(int *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELAXED); }

// fcntl takes variable arguments. Another descriptor of the same file, which no program that is started gets.
static inline int martlet_private_duplicate(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 3); }

// gettid needs _GNU_SOURCE. The system's number of the calling thread, as in /proc/self/task.
static inline int martlet_thread_id(void) { return (int)syscall(SYS_gettid); }

// The flags of a terminal are macros. Bytes pass as they are, 8 bits, no parity; 0, or -1 and errno. glibc's speeds are numbers too.
static inline int martlet_make_raw(int descriptor, unsigned baud_rate) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return -1;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    if (cfsetspeed(&settings, baud_rate) != 0) return -1;
    return tcsetattr(descriptor, TCSANOW, &settings);
}

// string.h declares memmem for _GNU_SOURCE alone. NULL: the second does not stand in the first.
void *martlet_find(const void *memory, size_t count, const void *part, size_t part_count) __asm__("memmem");

// math.h belongs to another module in the ordinary build.
static inline double martlet_exp(double value) { return __builtin_exp(value); }
static inline double martlet_remainder(double value, double divisor) { return __builtin_fmod(value, divisor); }
static inline double martlet_power(double base, double exponent) { return __builtin_pow(base, exponent); }

// LC_CTYPE_MASK is a macro. A locale in which letters beyond ASCII are known, or NULL where the system has none; freelocale frees it.
static inline locale_t martlet_unicode_locale(void) { return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

// prctl takes variable arguments.
static inline int martlet_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

// glibc declares dladdr1 only under _GNU_SOURCE.
#ifndef __USE_GNU
typedef struct { const char *dli_fname; void *dli_fbase; const char *dli_sname; void *dli_saddr; } Dl_info;
extern int dladdr1(const void *address, Dl_info *info, void **extra, int flags);
#define RTLD_DL_SYMENT 1
#endif

// Whether an address is the beginning of a variable, by the symbol table of the library it lies in, or of a thread's own variable,
// which lies in none. What has no type there may be a function; an indirect function's address is not that of its symbol.
static inline int martlet_is_variable(const void *address) {
#if __SIZEOF_POINTER__ == 8
    const Elf64_Sym *symbol = NULL;
#else
    const Elf32_Sym *symbol = NULL;
#endif
    Dl_info info;
    if (!dladdr1(address, &info, (void **)&symbol, RTLD_DL_SYMENT)) return 1;
    if (!symbol || info.dli_saddr != address) return 0;
    const int type = symbol->st_info & 0xf;
    return type == STT_OBJECT || type == STT_COMMON || type == STT_TLS;
}

// RLIMIT_… are macros over an enumeration. 0 leaves a value as it is; what is above the hard limit of this process is cut down to it.
static inline void martlet_limit(int resource, unsigned long long soft, unsigned long long hard) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return;
    if (hard > 0 && hard < limit.rlim_max) limit.rlim_max = (rlim_t)hard;
    if (soft > 0) limit.rlim_cur = soft < limit.rlim_max ? (rlim_t)soft : limit.rlim_max;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}
static inline void martlet_limit_data(unsigned long long bytes) { martlet_limit(RLIMIT_DATA, bytes, bytes); }
static inline void martlet_limit_descriptors(unsigned long long soft, unsigned long long hard) { martlet_limit(RLIMIT_NOFILE, soft, hard); }
static inline void martlet_limit_processor(unsigned long long soft, unsigned long long hard) { martlet_limit(RLIMIT_CPU, soft, hard); }

// Raises the soft limit of open descriptors. Returns what it was.
static inline unsigned long long martlet_raise_descriptors(unsigned long long wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    unsigned long long before = limit.rlim_cur;
    if (before < wanted) martlet_limit(RLIMIT_NOFILE, wanted, 0);
    return before;
}

// Without _GNU_SOURCE string.h does not have it. "SEGV"; NULL: no signal has that number, or it has no name. (glibc 2.32)
extern const char *sigabbrev_np(int signal);

// prctl takes variable arguments. What `ps` shows, else the name of the file that was executed: up to 15 bytes.
static inline void martlet_name_process(const char *name) { prctl(PR_SET_NAME, name); }

// SIG_IGN is a macro with a cast in it. A write to a closed socket is then EPIPE and not the end of the process.
static inline void martlet_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }
static inline void martlet_ignore_signal(int number) { signal(number, SIG_IGN); }

// ioctl takes variable arguments. Bytes that were written to a pipe and are not read, asked at either end. -1: not known.
static inline int martlet_unread_bytes(int pipe) {
    int count = 0;
    return ioctl(pipe, FIONREAD, &count) == 0 ? count : -1;
}

// sockaddr_un.sun_path is a tuple of 108 in Swift. The callers check that the path fits.
static inline struct sockaddr_un martlet_unix_address(const char *path) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    return address;
}

// S_ISSOCK is a macro. 1: the path is a unix socket on which nobody listens any more.
static inline int martlet_is_stale_socket(const char *path) {
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode)) return 0;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return 0;
    struct sockaddr_un address = martlet_unix_address(path);
    int isStale = connect(descriptor, (struct sockaddr *)&address, sizeof(address)) != 0 && errno == ECONNREFUSED;
    close(descriptor);
    return isStale;
}

// A unix socket bound to the path, or a negative errno. On Linux the rights of the socket's file are those of the descriptor at
// bind, less the umask: so the file never has more, and the umask, which belongs to all threads, stays as it is. The umask may
// have taken some: chmod gives them back.
static inline int martlet_bind_unix_socket(const char *path, unsigned mode) {
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    struct sockaddr_un address = martlet_unix_address(path);
    if (fchmod(descriptor, mode) != 0 || bind(descriptor, (struct sockaddr *)&address, sizeof(address)) != 0) {
        int failure = -errno;
        close(descriptor);
        return failure;
    }
    if (chmod(path, mode) != 0) {
        int failure = -errno;
        unlink(path);
        close(descriptor);
        return failure;
    }
    return descriptor;
}

// struct ucred needs _GNU_SOURCE. The process that opened the other end of a unix socket, or -1.
static inline int martlet_peer_process(int descriptor) {
    struct { int process; unsigned user, group; } peer = { 0, 0, 0 };
    socklen_t size = sizeof(peer);
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    return peer.process > 0 ? peer.process : -1;
}

// getopt_long keeps its state in mutable globals. One step over `arguments`, which it reorders so that operands come last.
// Returns the option's `val`, '?' after it has said on standard error what is wrong, or -1 at the end.
static inline int martlet_next_option(int count, char **arguments, const char *short_options, const struct option *long_options,
                                      const char **value) {
    optarg = NULL;
    int result = getopt_long(count, arguments, short_options, long_options, NULL);
    *value = optarg;
    return result;
}

// 0 makes glibc start afresh.
static inline void martlet_restart_options(void) { optind = 0; }

// The index of the first operand, once all options are read.
static inline int martlet_first_operand(void) { return optind; }

// Signal sets are macros' business. Who started this process may have blocked signals; without SIGCHLD no child's end is heard.
static inline void martlet_unblock_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

#endif
