// jansson, and what Swift cannot say of it.
#ifndef MARTLET_CJANSSON_SHIM_H
#define MARTLET_CJANSSON_SHIM_H
#include <jansson.h>
#endif
