/* A library module to measure twins with. By direct methods:
 *
 *   report  any object      reports it; answers {} once it is stored
 *   run     {"from":NS,"until":NS}   reports {"counter":N}, N rising, the next one when the last is stored, up to a time of the monotonic
 *           clock. Answers at once.
 *   stored  {}              {"count","failed","ended"}: how many were stored between the two times
 *   seen    {"first":N,"count":M}    the times, in ns, at which desired properties with {"counter":N}, N+1 … came; 0: it did not */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "martlet.h"

enum { SEEN = 65536, EACH = 24 };

typedef struct twin_module {
    const martlet_host_api *host;
    martlet_instance *instance;
    martlet_call *call; /* that waits for its report */
    uint64_t from, until, counter, count, failed, ended;
    uint64_t seen[SEEN];
} twin_module;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t number(martlet_bytes json, const char *name, uint64_t otherwise)
{
    const char *place = memmem(json.data, json.size, name, strlen(name));
    return place ? strtoull(strchr(place, ':') + 1, NULL, 10) : otherwise;
}

static martlet_bytes text(const char *json)
{
    martlet_bytes bytes = {json, strlen(json)};
    return bytes;
}

static void *create(const martlet_host_api *host, martlet_instance *instance)
{
    twin_module *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    self->instance = instance;
    return self;
}

static void reported(void *context, int result, uint64_t version)
{
    twin_module *self = context;
    martlet_call *call = self->call;
    (void)version;
    self->call = NULL;
    if (call) self->host->answer(self->instance, call, result == MARTLET_OK ? 200 : 500, text("{}"));
}

static void stored(void *context, int result, uint64_t version);

static void report_next(twin_module *self)
{
    char patch[64];
    snprintf(patch, sizeof patch, "{\"counter\":%" PRIu64 "}", ++self->counter);
    if (self->host->report(self->instance, text(patch), stored, self) != MARTLET_OK) self->failed++;
}

static void stored(void *context, int result, uint64_t version)
{
    twin_module *self = context;
    uint64_t time = now();
    (void)version;
    if (result != MARTLET_OK) self->failed++;
    if (time >= self->from && time < self->until) self->count++;
    if (time < self->until) report_next(self);
    else self->ended = 1;
}

static void desired(void *context, martlet_bytes patch, uint64_t version)
{
    twin_module *self = context;
    (void)version;
    self->seen[number(patch, "\"counter\"", 0) % SEEN] = now();
}

static int seen(twin_module *self, martlet_bytes payload, martlet_call *call)
{
    uint64_t first = number(payload, "\"first\"", 0), count = number(payload, "\"count\"", 1);
    char *json = malloc(count * EACH + 2), *end = json;
    if (!json) return MARTLET_ERROR_FAILED;
    for (uint64_t index = 0; index < count; index++)
        end += sprintf(end, "%c%" PRIu64, index ? ',' : '[', self->seen[(first + index) % SEEN]);
    strcpy(end, "]");
    int result = self->host->answer(self->instance, call, 200, text(json));
    free(json);
    return result;
}

static int invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call)
{
    twin_module *self = context;
    char json[128];
    if (strcmp(method, "report") == 0) {
        self->call = call;
        return self->host->report(self->instance, payload, reported, self);
    }
    if (strcmp(method, "run") == 0) {
        self->from = number(payload, "\"from\"", 0);
        self->until = number(payload, "\"until\"", 0);
        self->count = self->failed = self->ended = 0;
        report_next(self);
        return self->host->answer(self->instance, call, 200, text("{}"));
    }
    if (strcmp(method, "stored") == 0) {
        snprintf(json, sizeof json, "{\"count\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"ended\":%" PRIu64 "}", self->count, self->failed,
                 self->ended);
        return self->host->answer(self->instance, call, 200, text(json));
    }
    if (strcmp(method, "seen") == 0) return seen(self, payload, call);
    return MARTLET_ERROR_ARGUMENT;
}

static void destroy(void *self)
{
    free(self);
}

static const martlet_module_api api = {
    .version = MARTLET_ABI_VERSION,
    .size = sizeof(martlet_module_api),
    .create = create,
    .desired = desired,
    .invoke = invoke,
    .destroy = destroy,
};

const martlet_module_api *martlet_module(const martlet_host_api *host)
{
    (void)host;
    return &api;
}
