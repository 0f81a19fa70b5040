// libffi, and what Swift cannot say of it.
#ifndef MARTLET_CFFI_SHIM_H
#define MARTLET_CFFI_SHIM_H
#include <ffi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "callbacks.h"

// libffi's types are mutable globals, which Swift 6 does not let anyone touch. By the raw values of CType, then void and size_t.
static inline ffi_type *martlet_ffi_type(unsigned number) {
    ffi_type *const types[] = {
        &ffi_type_uint8,  &ffi_type_sint8,  &ffi_type_uint8, &ffi_type_sint16, &ffi_type_uint16,  &ffi_type_sint32, &ffi_type_uint32,
        &ffi_type_sint64, &ffi_type_uint64, &ffi_type_float, &ffi_type_double, &ffi_type_pointer, &ffi_type_void,
        sizeof(size_t) == 8 ? &ffi_type_uint64 : &ffi_type_uint32,
    };
    return types[number];
}

// A symbol's address is a data pointer to Swift.
static inline void martlet_ffi_call(ffi_cif *cif, void *function, void *result, void **arguments) {
    ffi_call(cif, FFI_FN(function), result, arguments);
}

// `int subscribe(callback, user)`, or a function of that form that returns nothing: then the result is of no meaning.
static inline int martlet_ffi_subscribe(void *function, void *callback, void *user) {
    return ((int (*)(void *, void *))function)(callback, user);
}

// The double that people would write for a float: 0.1f becomes 0.1, not 0.10000000149011612.
static inline double martlet_float_as_written(float value) {
    char text[32];
    for (int digits = 6; digits <= 9; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) return strtod(text, NULL);
    }
    return (double)value;
}
#endif
