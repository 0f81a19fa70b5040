/* Looks into JSON text without copying it. Reads `size` bytes and never more; nesting is limited to 32 levels. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

typedef struct json {
    const char *text;
    size_t size;
} json;

/* Finds a member of an object. Names compare by their bytes; one that is written with escapes is not found. */
bool json_member(json object, const char *name, json *value);

bool json_is_null(json value);
bool json_number(json value, double *number);

/* Copies a string that is written without escapes, with a NUL; false too if it does not fit. */
bool json_string(json value, char *buffer, size_t size);

#endif
