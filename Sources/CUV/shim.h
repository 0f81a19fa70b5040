// libuv, and what Swift cannot say of it.
#ifndef MARTLET_CUV_SHIM_H
#define MARTLET_CUV_SHIM_H
#include <uv.h>
#endif
