// The C library. Embedded Swift has no Glibc module; this one serves both builds.
#ifndef MARTLET_CPOSIX_SHIM_H
#define MARTLET_CPOSIX_SHIM_H
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#endif
