/* martlet.h - the interface between the Martlet host and a module image of type "library".
 *
 * A module is a shared library that exports exactly one symbol:
 *
 *     const martlet_module_api *martlet_module(const martlet_host_api *host);
 *
 * The host calls it once for each instance, right after loading the library; each instance has its own copy of the library, so
 * static variables are never shared. It returns a table of the module's functions, or NULL if the host is too old for it. The
 * library needs no symbol of the host at link time.
 *
 * Versions. Each table starts with `version` and `size`; these two never change their place. `version` changes only when a
 * function changes its meaning; new functions are appended and only `size` grows. The table that martlet_module gets is of the
 * newest version the host speaks: the module returns its own table of that version or of an older one. The table that create
 * gets is of the version the module returned; call the host through that one only. A side must not read a member that lies
 * beyond the other side's `size`: MARTLET_HAS asks. Everything in this header is version 1 as it was first published: every
 * host has it, and a module's table that is shorter than `destroy` says, or a shorter message, is refused. The host copies the
 * module's table when it gets it, as much as both sides know; the host's table is valid until the library is unloaded.
 *
 * Threads. The host calls a module's functions one at a time, never two at once, all on one thread, the module's thread: with
 * isolation "loop" that is the host's own event loop, so return soon. Host functions are called on that thread too. Three may
 * be called on any thread: error_text, log and post. The others find out and answer MARTLET_ERROR_THREAD (or nothing, 0, where
 * they return no result), and the log says so. A module may start threads of its own. It ends and joins them in destroy: where
 * one still runs afterwards, the library cannot be unloaded, stays in memory and the log says so.
 *
 * Ownership. What is passed in belongs to the caller and is valid until the call returns, in both directions: copy what you
 * keep. A `context` is the module's own: the host hands it back and does nothing else with it. Strings are UTF-8 and end with
 * NUL; JSON is UTF-8 text, with its length and without NUL.
 *
 * Required or optional. Of the module's functions, those not said to be optional must be there; NULL is for the others. The
 * host's functions are all there, and none has to be called, but the ones that answer: host->answer, and host->ready where
 * `ready_later` says so.
 *
 * This header compiles as C99 to C23 and as C++98 to C++20.
 */
#ifndef MARTLET_H
#define MARTLET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the tables in this header. */
#define MARTLET_ABI_VERSION 1u

/* Whether a table or message that the other side gave, a pointer to `type`, holds `member`:
 * MARTLET_HAS(host, martlet_host_api, ready). */
#define MARTLET_HAS(table, type, member) ((table)->size >= offsetof(type, member) + sizeof((table)->member))

/* Results. Zero is success, errors are negative; host->error_text names them. */
enum {
    MARTLET_OK = 0,
    MARTLET_ERROR_ARGUMENT = -1,  /* a pointer, name or JSON text is not valid */
    MARTLET_ERROR_TOO_LARGE = -2, /* over a limit: message 256 KB, twin section 32 KB, method payload 128 KB (IoT Hub's) */
    MARTLET_ERROR_FULL = -3,      /* a queue is full and its rule is to refuse, or too many posts or calls wait */
    MARTLET_ERROR_STORAGE = -4,   /* the state folder could not take it, for example because the disk is full */
    MARTLET_ERROR_NOT_FOUND = -5, /* no such module, method, timer, watch or waiting call */
    MARTLET_ERROR_TIMEOUT = -6,   /* no answer in time */
    MARTLET_ERROR_FAILED = -7,    /* anything else; a module may return it too */
    MARTLET_ERROR_THREAD = -8     /* called on another thread than the module's: use post */
};

/* Levels of log lines, syslog's. */
enum {
    MARTLET_LOG_ERROR = 3,
    MARTLET_LOG_WARNING = 4,
    MARTLET_LOG_INFO = 6,
    MARTLET_LOG_DEBUG = 7
};

/* What a watch waits for, and what happened: bits to be added up. */
enum {
    MARTLET_READABLE = 1, /* something can be read, a connection accepted, or the end of what can be read was reached */
    MARTLET_WRITABLE = 2, /* something can be written */
    MARTLET_HANG_UP = 4,  /* the other side closed, or will write no more */
    MARTLET_PRIORITY = 8, /* out of the ordinary: an edge of a GPIO in /sys/class/gpio, urgent data of a socket */
    MARTLET_BROKEN = 16   /* always told, never asked for: the descriptor has an error; the watch has ended */
};

/* Any bytes: not ended by NUL. */
typedef struct martlet_bytes {
    const void *data;
    size_t size;
} martlet_bytes;

/* One application or system property of a message. */
typedef struct martlet_property {
    const char *name;
    const char *value;
} martlet_property;

/* A message. `size` is sizeof(martlet_message) of whoever filled it in.
 * System properties bear IoT Hub's names: messageId, correlationId, contentType, contentEncoding, ... Without a contentType
 * conditions on the body of a message do not see it: set "application/json" and contentEncoding "utf-8" for JSON.
 * A message on an input has the host's own too: connectionDeviceId and connectionModuleId say who sent it (no connectionModuleId:
 * the operator), enqueuedTime when, as 2026-11-23T02:29:07.123Z. Only the host sets these; in a message that is sent they are left
 * out, so that a module can send on what it got. */
typedef struct martlet_message {
    size_t size;
    const char *name; /* the output it is sent to, or the input it arrives on */
    martlet_bytes body;
    const martlet_property *properties; /* may be NULL if the count is 0 */
    size_t property_count;
    const martlet_property *system_properties;
    size_t system_property_count;
} martlet_message;

typedef struct martlet_instance martlet_instance; /* the host's side of one instance; opaque */
typedef struct martlet_call martlet_call;         /* one direct method call that waits for its answer; opaque */
typedef uint64_t martlet_timer;                   /* 0 is no timer */
typedef uint64_t martlet_watch;                   /* 0 is no watch */

/* Called once with the outcome of what was asked for: a result code; for `report` the new version of the reported properties,
 * else 0. Called later, never from inside the function it was given to; never if that function returned an error; and not any
 * more once destroy was called. */
typedef void (*martlet_done)(void *context, int result, uint64_t version);

/* The answer to `invoke`: the callee's own status and payload if result is MARTLET_OK, else 0 and empty. Called as martlet_done. */
typedef void (*martlet_answer)(void *context, int result, int status, martlet_bytes payload);

/* Called when a timer fires, or for a post: on the module's thread. */
typedef void (*martlet_fire)(void *context);

/* Called when a watched descriptor is ready, on the module's thread. `events`: what of that which was asked for happened. */
typedef void (*martlet_watch_fire)(void *context, int events);

/* What the host offers, from create to destroy. The first argument is the `instance` that create got. All on the module's
 * thread, except where it says: any thread. */
typedef struct martlet_host_api {
    uint32_t version;
    uint32_t size;

    /* Any thread. Text for a result code; never NULL, never freed. */
    const char *(*error_text)(int result);

    /* Sends a message to an output. `done` may be NULL; it comes once the message is accepted, which on a durable route means
     * stored. A message that no route wants is accepted and counted. */
    int (*send)(martlet_instance *instance, const martlet_message *message, martlet_done done, void *context);

    /* Merges a JSON object into the reported properties of this instance's twin; null deletes. `done` may be NULL; it comes
     * once the change is stored. */
    int (*report)(martlet_instance *instance, martlet_bytes patch, martlet_done done, void *context);

    /* The twin as the module sees it, {"desired":{..,"$version":n},"reported":{..,"$version":n}}. The bytes are valid until the
     * next call of twin or until the module returns to the host, whichever comes first. */
    martlet_bytes (*twin)(martlet_instance *instance);

    /* Calls a direct method of another module of this device. `payload` is JSON text or empty; `timeout_ms` 0 means 30 s. */
    int (*invoke)(martlet_instance *instance, const char *module, const char *method, martlet_bytes payload,
                  uint32_t timeout_ms, martlet_answer answer, void *context);

    /* Answers a direct method call, now or later, once. `payload` is JSON text; empty means null. `call` is not valid any more
     * once MARTLET_OK was returned; MARTLET_ERROR_NOT_FOUND says that the caller does not wait any longer. */
    int (*answer)(martlet_instance *instance, martlet_call *call, int status, martlet_bytes payload);

    /* Any thread. Writes a line to the log of this instance, at one of the levels above; at most 8192 bytes of it. From another
     * thread than the module's the line goes by way of a post: it comes a little later, and is lost while 256 posts wait. */
    void (*log)(martlet_instance *instance, int level, const char *text);

    /* Calls `fire` after `after_ms` and then, unless `every_ms` is 0, every `every_ms`; what was missed is not made up for.
     * Returns 0 if there are too many timers. A number is not used twice. Timers end with the instance. */
    martlet_timer (*timer_start)(martlet_instance *instance, uint64_t after_ms, uint64_t every_ms, martlet_fire fire,
                                 void *context);

    /* Stops a timer, from its own `fire` too. A timer that was stopped never fires. */
    int (*timer_stop)(martlet_instance *instance, martlet_timer timer);

    /* Says that start-up is complete. Only for a module that sets `ready_later`. */
    void (*ready)(martlet_instance *instance);

    /* Calls `fire` whenever the file descriptor is ready for one of `events` (above, added up), again and again as long as it
     * is: read, write, or stop the watch. Pipes, sockets, terminals and serial ports, GPIO lines, input devices, eventfd,
     * timerfd and inotify can be watched; ordinary files cannot (EPERM). The descriptor stays the module's, is made non-blocking,
     * and is never closed by the host, which watches a duplicate of it: stop the watch before you close the descriptor, or what
     * is behind it stays open. Returns 0, after a line in the log that says why, if it cannot be watched or if there are
     * more than 64 watches. A number is not used twice. Watches end with the instance. */
    martlet_watch (*watch_start)(martlet_instance *instance, int fd, int events, martlet_watch_fire fire, void *context);

    /* Stops a watch, from its own `fire` too. A watch that was stopped never fires. */
    int (*watch_stop)(martlet_instance *instance, martlet_watch watch);

    /* Any thread. Calls `fire` once on the module's thread, soon, never from inside this function; posts of one thread in their
     * order. What was taken (MARTLET_OK) is called for certain, at the latest right before destroy, and not at all only
     * if create returned NULL. MARTLET_ERROR_FULL: 4096 posts wait; try again later. MARTLET_ERROR_FAILED: the instance
     * is ending or has ended; end the thread. A thread that outlives the instance may go on calling this. */
    int (*post)(martlet_instance *instance, martlet_fire fire, void *context);
} martlet_host_api;

/* What a module offers. `self` is what create returned. All are called on the module's thread. */
typedef struct martlet_module_api {
    uint32_t version;
    uint32_t size;

    /* Not 0: the module says host->ready itself. 0: it is ready when start returned. */
    uint32_t ready_later;

    /* Required. Creates the instance's own state. Returns NULL to refuse, after a host->log that says why. The host and instance
     * pointers are valid until destroy returned (until create returned, if that was NULL). */
    void *(*create)(const martlet_host_api *host, martlet_instance *instance);

    /* Optional: begins to work. `twin` as host->twin. Any other result than MARTLET_OK fails the start, and destroy is next. */
    int (*start)(void *self, martlet_bytes twin);

    /* Optional: a message on an input. It counts as taken when this returns: one that was stored for the module, on a durable
     * route, is given to the next instance again if this one ends before. */
    void (*receive)(void *self, const martlet_message *message);

    /* Optional: desired properties changed. `patch` is a JSON object with "$version", also given as `version`; members that are
     * null were deleted. Not called before start returned. */
    void (*desired)(void *self, martlet_bytes patch, uint64_t version);

    /* Optional: a direct method; `payload` is JSON text, `null` if the caller gave none. The module answers through host->answer
     * with `call`, inside this function or later. Any other result than MARTLET_OK answers with status 500, unless it was
     * answered already; without this function every call is answered with 404. */
    int (*invoke)(void *self, const char *method, martlet_bytes payload, martlet_call *call);

    /* Required. Ends the instance, once for each create that did not return NULL. Timers and watches have ended, posts are
     * refused. The module joins its threads and frees what it holds. No host function may be called after it returned. */
    void (*destroy)(void *self);
} martlet_module_api;

/* The one symbol that a module exports. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const martlet_module_api *martlet_module(const martlet_host_api *host);

#ifdef __cplusplus
}
#endif

#endif
