// C functions made by libffi, which a library may call from threads of its own. Such a thread knows nothing of Swift, and Swift's
// objects belong to the loop's thread: so the way from the call to the loop is plain memory behind a lock, and it is in C.
#ifndef MARTLET_CFFI_CALLBACKS_H
#define MARTLET_CFFI_CALLBACKS_H
#include <errno.h>
#include <ffi.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// C arguments of a callback: 16 of the manifest, of which each may be a pointer with a length.
#define MARTLET_FFI_ARGUMENTS 32
// Bytes of one call's arguments: they become a message. (IoT Hub: 256 KB)
#define MARTLET_FFI_CALL_BYTES (256u << 10)
// Bytes that wait for the loop: four of the largest calls.
#define MARTLET_FFI_WAITING_BYTES (1u << 20)
// The length of what is NULL.
#define MARTLET_FFI_NULL UINT32_MAX

// How an argument is copied: not at all, as it is, a text to its NUL, as many bytes as the next argument says, or a number of bytes
// behind a pointer.
enum { MARTLET_FFI_SKIP, MARTLET_FFI_VALUE, MARTLET_FFI_TEXT, MARTLET_FFI_BYTES, MARTLET_FFI_POINTED };

// One call. Behind it the arguments that are not skipped: 4 bytes of length each, then as many bytes, unaligned.
typedef struct martlet_ffi_record {
    struct martlet_ffi_record *next;
    uint32_t callback;
    uint32_t size;
} martlet_ffi_record;

// The calls that wait for the loop.
typedef struct {
    pthread_mutex_t lock;
    martlet_ffi_record *first, *last;
    size_t bytes;
    // Calls that were not taken: because too many waited, and because one was too large alone.
    uint64_t overflowed, too_large;
    // Of an eventfd; -1: nobody listens any more.
    int descriptor;
} martlet_ffi_calls;

typedef struct {
    martlet_ffi_calls *calls;
    uint32_t number, count;
    struct { uint32_t how, size; } copies[MARTLET_FFI_ARGUMENTS];
    ffi_type *types[MARTLET_FFI_ARGUMENTS];
    ffi_cif cif;
    ffi_closure *closure;
    void *code;
} martlet_ffi_callback;

static inline martlet_ffi_calls *martlet_ffi_calls_new(int descriptor) {
    martlet_ffi_calls *calls = (martlet_ffi_calls *)calloc(1, sizeof *calls);
    if (!calls) abort();
    pthread_mutex_init(&calls->lock, NULL);
    calls->descriptor = descriptor;
    return calls;
}

// The oldest calls that wait, `most` at the most; the caller frees each. The counts begin anew. Nobody wakes the loop for those that
// stay: who took `most` of them must come again.
static inline martlet_ffi_record *martlet_ffi_calls_take(martlet_ffi_calls *calls, size_t most, uint64_t *overflowed, uint64_t *too_large) {
    pthread_mutex_lock(&calls->lock);
    martlet_ffi_record *const first = calls->first, *last = NULL;
    for (; most > 0 && calls->first; most--) {
        last = calls->first;
        calls->first = last->next;
        calls->bytes -= sizeof *last + last->size;
    }
    if (last) last->next = NULL;
    if (!calls->first) calls->last = NULL;
    *overflowed = calls->overflowed;
    *too_large = calls->too_large;
    calls->overflowed = calls->too_large = 0;
    pthread_mutex_unlock(&calls->lock);
    return last ? first : NULL;
}

// From here on no call is kept, and the descriptor is not written to.
static inline void martlet_ffi_calls_close(martlet_ffi_calls *calls) {
    pthread_mutex_lock(&calls->lock);
    calls->descriptor = -1;
    pthread_mutex_unlock(&calls->lock);
}

// Nothing calls any more.
static inline void martlet_ffi_calls_free(martlet_ffi_calls *calls) {
    for (martlet_ffi_record *record = calls->first, *next; record; record = next) {
        next = record->next;
        free(record);
    }
    pthread_mutex_destroy(&calls->lock);
    free(calls);
}

static inline void martlet_ffi_calls_add(martlet_ffi_calls *calls, martlet_ffi_record *record, size_t bytes) {
    pthread_mutex_lock(&calls->lock);
    // Whoever finds something waiting need not wake the loop: it is on its way.
    const int is_first = !calls->first && !calls->overflowed && !calls->too_large;
    if (bytes > MARTLET_FFI_CALL_BYTES) {
        calls->too_large++;
    } else if (!record || calls->descriptor < 0 || calls->bytes + bytes > MARTLET_FFI_WAITING_BYTES) {
        calls->overflowed++;
        free(record);
    } else {
        if (calls->last) calls->last->next = record;
        else calls->first = record;
        calls->last = record;
        calls->bytes += bytes;
    }
    if (is_first && calls->descriptor >= 0) {
        const uint64_t one = 1;
        // Fails only when the counter is full, and then the loop is about to wake up.
        if (write(calls->descriptor, &one, sizeof one) < 0) errno = 0;
    }
    pthread_mutex_unlock(&calls->lock);
}

// What libffi calls when the library calls: on the library's thread.
static void martlet_ffi_called(ffi_cif *cif, void *result, void **values, void *context) {
    const martlet_ffi_callback *self = (const martlet_ffi_callback *)context;
    const int code = errno;
    const void *from[MARTLET_FFI_ARGUMENTS];
    uint32_t lengths[MARTLET_FFI_ARGUMENTS];
    size_t bytes = sizeof(martlet_ffi_record);

    // libffi takes small integers as wide as a register.
    if (cif->rtype->size && cif->rtype != &ffi_type_void)
        memset(result, 0, cif->rtype->size < sizeof(ffi_arg) ? sizeof(ffi_arg) : cif->rtype->size);
    for (uint32_t i = 0; i < self->count; i++) {
        size_t length = self->copies[i].size;
        if (self->copies[i].how == MARTLET_FFI_SKIP) continue;
        from[i] = self->copies[i].how == MARTLET_FFI_VALUE ? values[i] : *(void **)values[i];
        if (!from[i]) length = 0;
        else if (self->copies[i].how == MARTLET_FFI_TEXT) length = strnlen((const char *)from[i], MARTLET_FFI_CALL_BYTES + 1);
        else if (self->copies[i].how == MARTLET_FFI_BYTES) length = *(size_t *)values[i + 1];
        if (length > MARTLET_FFI_CALL_BYTES) length = MARTLET_FFI_CALL_BYTES + 1;
        lengths[i] = (uint32_t)length;
        bytes += sizeof(uint32_t) + length;
    }
    martlet_ffi_record *record = bytes > MARTLET_FFI_CALL_BYTES ? NULL : (martlet_ffi_record *)malloc(bytes);
    if (record) {
        char *to = (char *)(record + 1);
        record->next = NULL;
        record->callback = self->number;
        record->size = (uint32_t)(bytes - sizeof *record);
        for (uint32_t i = 0; i < self->count; i++) {
            if (self->copies[i].how == MARTLET_FFI_SKIP) continue;
            const uint32_t length = from[i] ? lengths[i] : MARTLET_FFI_NULL;
            memcpy(to, &length, sizeof length);
            to += sizeof length;
            if (from[i]) memcpy(to, from[i], lengths[i]);
            to += lengths[i];
        }
    }
    martlet_ffi_calls_add(self->calls, record, bytes);
    errno = code;
}

static inline martlet_ffi_callback *martlet_ffi_callback_new(martlet_ffi_calls *calls, uint32_t number) {
    martlet_ffi_callback *self = (martlet_ffi_callback *)calloc(1, sizeof *self);
    if (!self) abort();
    self->calls = calls;
    self->number = number;
    return self;
}

// At most MARTLET_FFI_ARGUMENTS.
static inline void martlet_ffi_callback_add(martlet_ffi_callback *self, ffi_type *type, uint32_t how, size_t size) {
    self->types[self->count] = type;
    self->copies[self->count].how = how;
    self->copies[self->count++].size = (uint32_t)size;
}

// 0, or -1 where libffi cannot make it.
static inline int martlet_ffi_callback_prepare(martlet_ffi_callback *self, ffi_type *returns) {
    if (ffi_prep_cif(&self->cif, FFI_DEFAULT_ABI, self->count, returns, self->types) != FFI_OK) return -1;
    self->closure = (ffi_closure *)ffi_closure_alloc(sizeof *self->closure, &self->code);
    if (!self->closure) return -1;
    return ffi_prep_closure_loc(self->closure, &self->cif, martlet_ffi_called, self, self->code) == FFI_OK ? 0 : -1;
}

// Nothing calls it any more.
static inline void martlet_ffi_callback_free(martlet_ffi_callback *self) {
    if (self->closure) ffi_closure_free(self->closure);
    free(self);
}
#endif
