// libffi, and what Swift cannot say of it.
#ifndef MARTLET_CFFI_SHIM_H
#define MARTLET_CFFI_SHIM_H
#include <ffi.h>
#include <stdio.h>
#include <stdlib.h>

// libffi's types are mutable globals, which Swift 6 does not let anyone touch.
static inline ffi_type *martlet_ffi_void(void) { return &ffi_type_void; }
static inline ffi_type *martlet_ffi_int8(void) { return &ffi_type_sint8; }
static inline ffi_type *martlet_ffi_uint8(void) { return &ffi_type_uint8; }
static inline ffi_type *martlet_ffi_int16(void) { return &ffi_type_sint16; }
static inline ffi_type *martlet_ffi_uint16(void) { return &ffi_type_uint16; }
static inline ffi_type *martlet_ffi_int32(void) { return &ffi_type_sint32; }
static inline ffi_type *martlet_ffi_uint32(void) { return &ffi_type_uint32; }
static inline ffi_type *martlet_ffi_int64(void) { return &ffi_type_sint64; }
static inline ffi_type *martlet_ffi_uint64(void) { return &ffi_type_uint64; }
static inline ffi_type *martlet_ffi_float(void) { return &ffi_type_float; }
static inline ffi_type *martlet_ffi_double(void) { return &ffi_type_double; }
static inline ffi_type *martlet_ffi_pointer(void) { return &ffi_type_pointer; }

// A symbol's address is a data pointer to Swift.
static inline void martlet_ffi_call(ffi_cif *cif, void *function, void *result, void **arguments) {
    ffi_call(cif, FFI_FN(function), result, arguments);
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
