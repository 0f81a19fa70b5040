// The C library. Embedded Swift has no Glibc module; this one serves both builds.
#ifndef MARTLET_CPOSIX_SHIM_H
#define MARTLET_CPOSIX_SHIM_H
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// errno is a macro over a thread's own variable.
static inline int martlet_errno(void) { return errno; }

// open takes its mode as a variable argument.
static inline int martlet_open(const char *path, int flags, unsigned mode) { return open(path, flags, mode); }

// prctl takes variable arguments.
static inline int martlet_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
#endif
