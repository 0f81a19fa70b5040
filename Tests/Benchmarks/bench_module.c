/* A library module to measure with. What it does is asked of it by direct methods; each answers with an object of numbers:
 *
 *   blast  {"count":N,"bytes":B,"batch":K,"window":W}   sends N messages to the output `data`, K at a time; the next ones go when the
 *          last of K is accepted; W such trains are under way at once. Each message begins with its number, from 0. Answers
 *          {"startNs","endNs"} when all are accepted.
 *   pace   {"batch":K,"everyMs":M,"bytes":B}   sends K messages to the output `paced` every M ms, until the next `pace`; K 0: no more.
 *   stick  {}              the next message never returns from the module.
 *   expect {"count":N,"bytes":B}   forgets what came to the input `data`; the time of the N-th message from now on is noted.
 *   count  {}              {"count","wrong","lastNs"} since `expect`; wrong are those of another size or number than the next one has;
 *          lastNs is 0 as long as the N-th has not come.
 *   ping   {"count":N,"bytes":B}   sends to `ping` and waits for the echo on the input `pong`, N times. Answers with the one-way times
 *          of all 2 N hops: {"p50","p99","max"} in ns. Any instance echoes what comes to its input `ping` to its output `pong`.
 *   calls  {"count":N,"window":W,"module":M,"method":F}   calls F of M with [1, 2], W at a time. Answers {"ns","failed"}.
 *
 * With the desired property {"blast":true} it sends for ever from its start on; with {"tells":true} it logs when it has started and when it
 * ends: `started NS`, `destroyed NS`. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "martlet.h"

enum { PAYLOAD = 512, BYTES = 1024, NAME = 64 };

typedef struct bench {
    const martlet_host_api *host;
    martlet_instance *instance;
    /* blast */
    martlet_call *blast_call;
    uint64_t unsent, batch, trains, start, number;
    bool endless;
    /* pace, stick */
    uint64_t paced;
    martlet_timer pacer;
    bool sticks;
    /* expect, count */
    uint64_t count, wrong, target, last;
    size_t expected;
    /* ping */
    martlet_call *ping_call;
    uint64_t pings, samples, *hops;
    int tells;
    /* calls */
    martlet_call *calls_call;
    uint64_t uncalled, waiting, failed, calls_start;
    char module[NAME], method[NAME];
    size_t bytes;
    char body[BYTES];
} bench;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static const char *member(const char *json, const char *name)
{
    const char *place = strstr(json, name);
    return place ? strchr(place, ':') + 1 : NULL;
}

static uint64_t number(const char *json, const char *name, uint64_t otherwise)
{
    const char *value = member(json, name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

static size_t size(const char *json)
{
    uint64_t bytes = number(json, "\"bytes\"", 100);
    return bytes < BYTES ? (size_t)bytes : BYTES;
}

static void text(const char *json, const char *name, char *out)
{
    const char *value = member(json, name);
    out[0] = 0;
    if (value) sscanf(value, " \"%63[^\"]", out);
}

static int answer(bench *self, martlet_call *call, const char *json)
{
    martlet_bytes bytes;
    bytes.data = json;
    bytes.size = strlen(json);
    return self->host->answer(self->instance, call, 200, bytes);
}

static int send_body(bench *self, const char *output, martlet_done done)
{
    martlet_message message;
    memset(&message, 0, sizeof message);
    message.size = sizeof message;
    message.name = output;
    message.body.data = self->body;
    message.body.size = self->bytes;
    return self->host->send(self->instance, &message, done, self);
}

static int send_numbered(bench *self, martlet_done done)
{
    memcpy(self->body, &self->number, sizeof self->number);
    self->number++;
    return send_body(self, "data", done);
}

static void accepted(void *context, int result, uint64_t version);

static void send_train(bench *self)
{
    uint64_t count = self->endless || self->unsent > self->batch ? self->batch : self->unsent;
    if (!self->endless) self->unsent -= count;
    self->trains++;
    for (uint64_t sent = 1; sent < count; sent++) send_numbered(self, NULL);
    send_numbered(self, accepted);
}

static void accepted(void *context, int result, uint64_t version)
{
    bench *self = context;
    char json[PAYLOAD];
    (void)result;
    (void)version;
    self->trains--;
    if (self->endless || self->unsent > 0) {
        send_train(self);
    } else if (self->trains == 0 && self->blast_call) {
        martlet_call *call = self->blast_call;
        self->blast_call = NULL;
        snprintf(json, sizeof json, "{\"startNs\":%" PRIu64 ",\"endNs\":%" PRIu64 "}", self->start, now());
        answer(self, call, json);
    }
}

static void blast(bench *self, const char *json, martlet_call *call)
{
    uint64_t window = number(json, "\"window\"", 1);
    self->unsent = number(json, "\"count\"", 1);
    self->batch = number(json, "\"batch\"", 250);
    self->bytes = size(json);
    self->blast_call = call;
    self->number = 0;
    self->start = now();
    while (window-- > 0 && self->unsent > 0) send_train(self);
}

static void blast_endlessly(void *context)
{
    bench *self = context;
    self->endless = true;
    self->batch = 250;
    self->bytes = 100;
    for (int window = 0; window < 4; window++) send_train(self);
}

static void send_paced(void *context)
{
    bench *self = context;
    for (uint64_t sent = 0; sent < self->paced; sent++) send_body(self, "paced", NULL);
}

static void pace(bench *self, const char *json)
{
    if (self->pacer) self->host->timer_stop(self->instance, self->pacer);
    uint64_t every = number(json, "\"everyMs\"", 10);
    self->paced = number(json, "\"batch\"", 0);
    self->bytes = size(json);
    memset(self->body, 'x', sizeof self->body);
    self->pacer = self->paced ? self->host->timer_start(self->instance, every, every, send_paced, self) : 0;
}

static void send_ping(bench *self)
{
    uint64_t stamp = now();
    memcpy(self->body, &stamp, sizeof stamp);
    send_body(self, "ping", NULL);
}

static void ping(bench *self, const char *json, martlet_call *call)
{
    self->pings = number(json, "\"count\"", 1);
    self->bytes = size(json);
    self->samples = 0;
    self->hops = malloc(2 * self->pings * sizeof *self->hops);
    self->ping_call = call;
    send_ping(self);
}

static int by_size(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void received_ping(bench *self, martlet_bytes body)
{
    uint64_t times[2];
    memcpy(&times[0], body.data, sizeof times[0]);
    times[1] = now();
    times[0] = times[1] - times[0]; /* how long the way here took */
    self->bytes = body.size;
    memcpy(self->body, times, sizeof times);
    send_body(self, "pong", NULL);
}

static void received_pong(bench *self, martlet_bytes body)
{
    uint64_t times[2], count;
    char json[PAYLOAD];
    martlet_call *call = self->ping_call;
    if (!call) return;
    memcpy(times, body.data, sizeof times);
    self->hops[self->samples++] = times[0];
    self->hops[self->samples++] = now() - times[1];
    if (self->samples < 2 * self->pings) return send_ping(self);
    count = self->samples;
    qsort(self->hops, count, sizeof *self->hops, by_size);
    snprintf(json, sizeof json, "{\"p50\":%" PRIu64 ",\"p99\":%" PRIu64 ",\"max\":%" PRIu64 "}", self->hops[count / 2],
             self->hops[count * 99 / 100], self->hops[count - 1]);
    free(self->hops);
    self->hops = NULL;
    self->ping_call = NULL;
    answer(self, call, json);
}

static void answered(void *context, int result, int status, martlet_bytes payload);

static void call_one(bench *self)
{
    martlet_bytes payload;
    payload.data = "[1,2]";
    payload.size = 5;
    self->uncalled--;
    self->waiting++;
    self->host->invoke(self->instance, self->module, self->method, payload, 0, answered, self);
}

static void answered(void *context, int result, int status, martlet_bytes payload)
{
    bench *self = context;
    char json[PAYLOAD];
    (void)payload;
    self->waiting--;
    if (result != MARTLET_OK || status != 200) self->failed++;
    if (self->uncalled > 0) {
        call_one(self);
    } else if (self->waiting == 0 && self->calls_call) {
        martlet_call *call = self->calls_call;
        self->calls_call = NULL;
        snprintf(json, sizeof json, "{\"ns\":%" PRIu64 ",\"failed\":%" PRIu64 "}", now() - self->calls_start, self->failed);
        answer(self, call, json);
    }
}

static void calls(bench *self, const char *json, martlet_call *call)
{
    uint64_t window = number(json, "\"window\"", 1);
    self->uncalled = number(json, "\"count\"", 1);
    self->failed = 0;
    text(json, "\"module\"", self->module);
    text(json, "\"method\"", self->method);
    self->calls_call = call;
    self->calls_start = now();
    while (window-- > 0 && self->uncalled > 0) call_one(self);
}

static void *create(const martlet_host_api *host, martlet_instance *instance)
{
    bench *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    self->instance = instance;
    self->expected = 100;
    return self;
}

/* Logs when something happened, for who asked for it. */
static void tell(bench *self, const char *what)
{
    char line[64];
    if (!self->tells) return;
    snprintf(line, sizeof line, "%s %" PRIu64, what, now());
    self->host->log(self->instance, MARTLET_LOG_INFO, line);
}

static int start(void *context, martlet_bytes twin)
{
    bench *self = context;
    char *json = calloc(1, twin.size + 1);
    if (!json) return MARTLET_ERROR_FAILED;
    if (twin.size > 0) memcpy(json, twin.data, twin.size);
    self->tells = strstr(json, "\"tells\":true") != NULL;
    if (strstr(json, "\"blast\":true")) self->host->timer_start(self->instance, 0, 0, blast_endlessly, self);
    free(json);
    tell(self, "started");
    return MARTLET_OK;
}

static void receive(void *context, const martlet_message *message)
{
    bench *self = context;
    while (self->sticks) pause();
    if (message->name[0] == 'd') {
        uint64_t number = 0;
        if (message->body.size == self->expected) memcpy(&number, message->body.data, sizeof number);
        self->wrong += message->body.size != self->expected || number != self->count;
        self->count++;
        if (self->count == self->target) self->last = now();
    } else if (message->body.size >= 2 * sizeof(uint64_t)) {
        if (strcmp(message->name, "ping") == 0) received_ping(self, message->body);
        if (strcmp(message->name, "pong") == 0) received_pong(self, message->body);
    }
}

static int invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call)
{
    bench *self = context;
    char json[PAYLOAD];
    if (payload.size >= sizeof json) return MARTLET_ERROR_TOO_LARGE;
    memcpy(json, payload.data, payload.size);
    json[payload.size] = 0;
    if (strcmp(method, "blast") == 0) {
        blast(self, json, call);
    } else if (strcmp(method, "ping") == 0) {
        ping(self, json, call);
    } else if (strcmp(method, "calls") == 0) {
        calls(self, json, call);
    } else if (strcmp(method, "pace") == 0 || strcmp(method, "stick") == 0) {
        if (method[0] == 'p') pace(self, json);
        else self->sticks = true;
        answer(self, call, "{}");
    } else if (strcmp(method, "expect") == 0) {
        self->count = 0;
        self->wrong = 0;
        self->expected = size(json);
        self->last = 0;
        self->target = number(json, "\"count\"", 0);
        answer(self, call, "{}");
    } else if (strcmp(method, "count") == 0) {
        snprintf(json, sizeof json, "{\"count\":%" PRIu64 ",\"wrong\":%" PRIu64 ",\"lastNs\":%" PRIu64 "}", self->count, self->wrong,
                 self->last);
        answer(self, call, json);
    } else {
        return MARTLET_ERROR_ARGUMENT;
    }
    return MARTLET_OK;
}

static void destroy(void *context)
{
    bench *self = context;
    tell(self, "destroyed");
    free(self->hops);
    free(self);
}

static const martlet_module_api api = {
    .version = MARTLET_ABI_VERSION,
    .size = sizeof(martlet_module_api),
    .create = create,
    .start = start,
    .receive = receive,
    .invoke = invoke,
    .destroy = destroy,
};

const martlet_module_api *martlet_module(const martlet_host_api *host)
{
    (void)host;
    return &api;
}
