#include "json.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = 32, NUMBER_SIZE = 64 };

/* The byte at a place; 0, which no JSON text holds, at the end. */
static char at(json text, size_t place)
{
    return place < text.size ? text.text[place] : '\0';
}

static size_t skip_space(json text, size_t place)
{
    while (at(text, place) == ' ' || at(text, place) == '\n' || at(text, place) == '\r' || at(text, place) == '\t') {
        place++;
    }
    return place;
}

/* The skip functions return the place after what they skip, or 0 if it is not there. */

static size_t skip_string(json text, size_t place)
{
    if (at(text, place) != '"') return 0;
    for (place++; place < text.size; place++) {
        unsigned char byte = (unsigned char)text.text[place];
        if (byte == '"') return place + 1;
        if (byte < 0x20) return 0;
        if (byte == '\\') place++;
    }
    return 0;
}

static size_t skip_digits(json text, size_t place)
{
    size_t start = place;
    while (at(text, place) >= '0' && at(text, place) <= '9') place++;
    return place > start ? place : 0;
}

static size_t skip_number(json text, size_t place)
{
    if (at(text, place) == '-') place++;
    place = at(text, place) == '0' ? place + 1 : skip_digits(text, place);
    if (place != 0 && at(text, place) == '.') place = skip_digits(text, place + 1);
    if (place != 0 && (at(text, place) == 'e' || at(text, place) == 'E')) {
        place++;
        if (at(text, place) == '+' || at(text, place) == '-') place++;
        place = skip_digits(text, place);
    }
    return place;
}

static size_t skip_word(json text, size_t place, const char *word)
{
    size_t length = strlen(word);
    return text.size - place >= length && memcmp(text.text + place, word, length) == 0 ? place + length : 0;
}

static size_t skip_value(json text, size_t place, int levels);

/* The members of an object or the elements of an array, up to and with the closing bracket. */
static size_t skip_members(json text, size_t place, int levels)
{
    bool named = text.text[place] == '{';
    char closing = named ? '}' : ']';
    if (levels == 0) return 0;
    place = skip_space(text, place + 1);
    if (at(text, place) == closing) return place + 1;
    for (;;) {
        if (named) {
            place = skip_string(text, skip_space(text, place));
            if (place == 0) return 0;
            place = skip_space(text, place);
            if (at(text, place) != ':') return 0;
            place++;
        }
        place = skip_value(text, skip_space(text, place), levels - 1);
        if (place == 0) return 0;
        place = skip_space(text, place);
        if (at(text, place) == closing) return place + 1;
        if (at(text, place) != ',') return 0;
        place++;
    }
}

static size_t skip_value(json text, size_t place, int levels)
{
    switch (at(text, place)) {
    case '{':
    case '[': return skip_members(text, place, levels);
    case '"': return skip_string(text, place);
    case 't': return skip_word(text, place, "true");
    case 'f': return skip_word(text, place, "false");
    case 'n': return skip_word(text, place, "null");
    default: return skip_number(text, place);
    }
}

bool json_member(json object, const char *name, json *value)
{
    size_t length = strlen(name);
    size_t place = skip_space(object, 0);
    if (at(object, place) != '{') return false;
    do {
        size_t start = skip_space(object, place + 1);
        size_t end = skip_string(object, start);
        if (end == 0) return false;
        bool found = end - start == length + 2 && memcmp(object.text + start + 1, name, length) == 0;
        place = skip_space(object, end);
        if (at(object, place) != ':') return false;
        start = skip_space(object, place + 1);
        end = skip_value(object, start, LEVELS);
        if (end == 0) return false;
        if (found) {
            value->text = object.text + start;
            value->size = end - start;
            return true;
        }
        place = skip_space(object, end);
    } while (at(object, place) == ',');
    return false;
}

bool json_is_null(json value)
{
    return value.size == 4 && memcmp(value.text, "null", 4) == 0;
}

bool json_number(json value, double *number)
{
    char text[NUMBER_SIZE]; /* strtod wants a NUL */
    if (value.size >= sizeof text || skip_number(value, 0) != value.size) return false;
    if (value.size == 0) return false;
    memcpy(text, value.text, value.size);
    text[value.size] = '\0';
    *number = strtod(text, NULL);
    return true;
}

bool json_string(json value, char *buffer, size_t size)
{
    if (value.size < 2 || skip_string(value, 0) != value.size) return false;
    if (value.size - 2 >= size || memchr(value.text, '\\', value.size) != NULL) return false;
    memcpy(buffer, value.text + 1, value.size - 2);
    buffer[value.size - 2] = '\0';
    return true;
}
