// libffi, and what Swift cannot say of it.
#ifndef MARTLET_CFFI_SHIM_H
#define MARTLET_CFFI_SHIM_H
#include <ffi.h>
#endif
