// jansson, and what Swift cannot say of it.
#ifndef MARTLET_CJANSSON_SHIM_H
#define MARTLET_CJANSSON_SHIM_H
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

// An array member: Swift sees a tuple of 160 elements.
static inline const char *martlet_json_error_text(const json_error_t *error) { return error->text; }

// snprintf is variadic. Writes the shortest of 15, 16 and 17 digits that reads back as the same number; at most 24 characters.
static inline int martlet_double_text(double value, char *buffer, size_t size) {
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(buffer, size, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value) break;
    }
    return length;
}
#endif
