// What Swift cannot say of signals, registers and memory that threads and signal handlers share.
#ifndef MARTLET_CPOSIX_CONTAINMENT_H
#define MARTLET_CPOSIX_CONTAINMENT_H
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

// Words that other threads and signal handlers read while they are written: each is seen whole, in no certain order.
static inline uintptr_t martlet_load(const uintptr_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline void martlet_store(uintptr_t *word, uintptr_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }
// The compiler moves no load or store across this. It costs nothing.
static inline void martlet_keep_order(void) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

// membarrier has no function in the C library. After this call every other thread of this process has made its earlier stores
// visible: so the side that is in a hurry needs no barrier of its own.
static inline void martlet_barrier_on_all_threads(void) { syscall(SYS_membarrier, 8, 0, 0); }
// Makes that possible, once a process.
static inline void martlet_prepare_barrier(void) { syscall(SYS_membarrier, 16, 0, 0); }

// The handler is a member of a union, and the C library's own type for the context of a handler is `void`.
static inline int martlet_handle_signal(int number, void (*handler)(int, siginfo_t *, void *), int flags, struct sigaction *before) {
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | flags;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, before);
}

// A member of a union again. 0: none could be asked for.
static inline uintptr_t martlet_signal_handler(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 ? (uintptr_t)action.sa_sigaction : 0;
}

// SIG_DFL is a macro with a cast in it.
static inline __sighandler_t martlet_default_action(void) { return SIG_DFL; }

// SA_RESETHAND does not fit the Int32 of the others.
static inline int martlet_handle_once(void) { return (int)SA_RESETHAND; }

// Members of unions. The address is that of the memory, for signals that a wrong access raised.
static inline uintptr_t martlet_signal_address(const siginfo_t *info) { return (uintptr_t)info->si_addr; }
static inline int martlet_signal_sender(const siginfo_t *info) { return info->si_pid; }

// Registers have another name on each machine. `context` is what a handler got.
static inline uintptr_t martlet_program_counter(const void *context) {
    const ucontext_t *interrupted = (const ucontext_t *)context;
#if defined(__x86_64__)
    return (uintptr_t)interrupted->uc_mcontext.gregs[16];
#elif defined(__aarch64__)
    return (uintptr_t)interrupted->uc_mcontext.pc;
#elif defined(__arm__)
    return (uintptr_t)interrupted->uc_mcontext.arm_pc;
#else
    return 0;
#endif
}

static inline uintptr_t martlet_stack_pointer(const void *context) {
    const ucontext_t *interrupted = (const ucontext_t *)context;
#if defined(__x86_64__)
    return (uintptr_t)interrupted->uc_mcontext.gregs[15];
#elif defined(__aarch64__)
    return (uintptr_t)interrupted->uc_mcontext.sp;
#elif defined(__arm__)
    return (uintptr_t)interrupted->uc_mcontext.arm_sp;
#else
    return 0;
#endif
}

// Copies memory of this process that may not be there: fewer bytes than asked for, where a load would be a crash. `process` is this
// one's number.
static inline ssize_t martlet_peek(int process, uintptr_t address, void *copy, size_t size) {
    struct iovec here = {copy, size}, there = {(void *)address, size};
    return syscall(SYS_process_vm_readv, (long)process, &here, 1L, &there, 1L, 0L);
}

// dladdr and dl_iterate_phdr, and their types, are declared for _GNU_SOURCE alone, which would give types of other headers other
// members than they have in the other C modules.
struct martlet_symbol { const char *file; const void *base; const char *name; const void *address; };
int martlet_find_symbol(const void *address, struct martlet_symbol *symbol) __asm__("dladdr");
struct martlet_library { uintptr_t base; const char *name; const ElfW(Phdr) *segments; ElfW(Half) count; };
int martlet_each_library(int (*look)(struct martlet_library *, size_t, void *), void *context) __asm__("dl_iterate_phdr");

// Where the library that holds `address` lies in memory; 0 and 0 if none does.
struct martlet_extent { uintptr_t address, start, end; };
static inline int martlet_look_at_library(struct martlet_library *library, size_t size, void *wanted) {
    struct martlet_extent *extent = (struct martlet_extent *)wanted;
    uintptr_t start = UINTPTR_MAX, end = 0;
    (void)size;
    for (int i = 0; i < library->count; i++) {
        if (library->segments[i].p_type != PT_LOAD) continue;
        uintptr_t from = library->base + library->segments[i].p_vaddr, to = from + library->segments[i].p_memsz;
        if (from < start) start = from;
        if (to > end) end = to;
    }
    if (extent->address < start || extent->address >= end) return 0;
    extent->start = start;
    extent->end = end;
    return 1;
}
static inline struct martlet_extent martlet_library_extent(const void *address) {
    struct martlet_extent extent = {(uintptr_t)address, 0, 0};
    martlet_each_library(martlet_look_at_library, &extent);
    return extent;
}

// The dynamic linker itself; getauxval takes numbers that are macros of another header.
static inline const void *martlet_linker(void) { return (const void *)getauxval(AT_BASE); }

// tgkill is younger than some C libraries.
static inline int martlet_signal_thread(int process, int thread, int number) {
    return (int)syscall(SYS_tgkill, (long)process, (long)thread, (long)number);
}

// Younger than some C libraries too. Every descriptor from the first on is closed when another program is executed.
static inline void martlet_close_at_exec(int first) { syscall(SYS_close_range, (unsigned)first, ~0u, 4u); }

#endif
