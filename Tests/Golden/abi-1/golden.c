/* The golden module of ABI 1: it uses everything that martlet.h had when it was published. Never changed, never built again: the
 * files beside it are what was built of it, and every host to come must load them. See ../README.md.
 *
 * | method | answer |
 * |---|---|
 * | echo   | the payload, at once |
 * | later  | {"later":true}, when a timer has fired three times and was stopped |
 * | post   | {"posted":N}: what a thread posted, N of N in order |
 * | call   | the payload, through the method echo of the module that the desired property "peer" names |
 * | watch  | {"read":"..."}: what a watched pipe gave |
 * | send   | {"sent":0}, when the host has accepted the message to output "out" |
 * | report | {"version":N}, when {"golden":true} is stored |
 * | twin   | the twin |
 * | errors | {"wrong":0}: how many refusals were not the documented ones |
 * | never  | none |
 */
#define _GNU_SOURCE
#include "martlet.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POSTS = 1000 };

typedef struct golden {
    const martlet_host_api *host;
    martlet_instance *instance;
    martlet_call *later, *posting, *calling, *watching, *sending, *reporting;
    martlet_timer timer;
    martlet_watch watch;
    int ticks, ends[2], posts, in_order, thread_is_refused;
    pthread_t thread;
    int has_thread;
    char peer[128];
    char line[8192];
} golden;

/* Static variables are an instance's own: each has its own copy of the library. */
static int creations;

static martlet_bytes bytes(const char *text) {
    martlet_bytes all = {text, strlen(text)};
    return all;
}

static void say(golden *self, const char *what, const char *text, size_t size) {
    snprintf(self->line, sizeof self->line, "%s %.*s", what, (int)size, text);
    self->host->log(self->instance, MARTLET_LOG_INFO, self->line);
}

static void answer(golden *self, martlet_call **call, int status, const char *format, int number) {
    char text[128];
    snprintf(text, sizeof text, format, number);
    if (*call) self->host->answer(self->instance, *call, status, bytes(text));
    *call = NULL;
}

static void sent(void *context, int result, uint64_t version) {
    golden *self = context;
    answer(self, &self->sending, version == 0 ? 200 : 500, "{\"sent\":%d}", result);
}

static void reported(void *context, int result, uint64_t version) {
    golden *self = context;
    answer(self, &self->reporting, result == MARTLET_OK ? 200 : 500, "{\"version\":%d}", (int)version);
}

static void called(void *context, int result, int status, martlet_bytes payload) {
    golden *self = context;
    if (!self->calling) return;
    if (result == MARTLET_OK) self->host->answer(self->instance, self->calling, status, payload);
    else answer(self, &self->calling, 500, "{\"result\":%d}", result);
    self->calling = NULL;
}

static void ticked(void *context) {
    golden *self = context;
    if (++self->ticks % 3 != 0) return;
    self->host->timer_stop(self->instance, self->timer);
    answer(self, &self->later, 200, "{\"later\":true}", 0);
}

static void is_ready(void *context) {
    golden *self = context;
    self->host->ready(self->instance);
}

static void readable(void *context, int events) {
    golden *self = context;
    char word[64];
    ssize_t count = events & MARTLET_READABLE ? read(self->ends[0], word, sizeof word - 1) : -1;
    word[count > 0 ? count : 0] = 0;
    self->host->watch_stop(self->instance, self->watch);
    char text[128];
    snprintf(text, sizeof text, "{\"read\":\"%s\"}", word);
    if (self->watching) self->host->answer(self->instance, self->watching, 200, bytes(text));
    self->watching = NULL;
}

/* One post: who it is for, and which of all. */
typedef struct posted {
    golden *self;
    int number;
} posted;

static void arrived(void *context) {
    posted *post = context;
    golden *self = post->self;
    if (post->number == self->posts) self->in_order++;
    if (++self->posts == POSTS) answer(self, &self->posting, self->thread_is_refused ? 200 : 500, "{\"posted\":%d}", self->in_order);
    free(post);
}

static void *work(void *context) {
    golden *self = context;
    self->host->log(self->instance, MARTLET_LOG_DEBUG, "the thread begins");
    self->thread_is_refused = self->host->report(self->instance, bytes("{}"), NULL, NULL) == MARTLET_ERROR_THREAD
        && self->host->timer_start(self->instance, 1, 1, ticked, self) == 0 && self->host->twin(self->instance).size == 0;
    for (int number = 0; number < POSTS; number++) {
        posted *post = malloc(sizeof *post);
        post->self = self;
        post->number = number;
        int result;
        while ((result = self->host->post(self->instance, arrived, post)) == MARTLET_ERROR_FULL) usleep(1000);
        if (result != MARTLET_OK) {
            free(post);
            break;
        }
    }
    return NULL;
}

static void join(golden *self) {
    if (self->has_thread) pthread_join(self->thread, NULL);
    self->has_thread = 0;
}

/* The value of a string member, found without a parser: enough for {"peer":"NAME"}. */
static void find_peer(golden *self, martlet_bytes json) {
    const char *key = memmem(json.data, json.size, "\"peer\":\"", 8);
    const char *end = (const char *)json.data + json.size;
    size_t count = 0;
    if (!key) return;
    for (key += 8; key + count < end && key[count] != '"' && count < sizeof self->peer - 1; count++) self->peer[count] = key[count];
    self->peer[count] = 0;
}

static void *create(const martlet_host_api *host, martlet_instance *instance) {
    golden *self = calloc(1, sizeof *self);
    char line[64];
    self->host = host;
    self->instance = instance;
    snprintf(line, sizeof line, "golden creation %d", ++creations);
    host->log(instance, MARTLET_LOG_WARNING, line);
    if (pipe(self->ends) == 0) return self;
    free(self);
    return NULL;
}

static int start(void *context, martlet_bytes twin) {
    golden *self = context;
    find_peer(self, twin);
    say(self, "golden start", twin.data, twin.size);
    return self->host->timer_start(self->instance, 1, 0, is_ready, self) != 0 ? MARTLET_OK : MARTLET_ERROR_FAILED;
}

static void receive(void *context, const martlet_message *message) {
    golden *self = context;
    char properties[512] = "";
    for (size_t i = 0; i < message->property_count + message->system_property_count; i++) {
        const martlet_property *property = i < message->property_count ? &message->properties[i]
                                                                       : &message->system_properties[i - message->property_count];
        size_t used = strlen(properties);
        snprintf(properties + used, sizeof properties - used, " %s=%s", property->name, property->value);
    }
    say(self, message->name, message->body.data, message->body.size);
    say(self, "properties", properties, strlen(properties));
    martlet_message copy = *message;
    copy.size = sizeof copy;
    copy.name = "echo";
    self->host->send(self->instance, &copy, NULL, NULL);
}

static void desired(void *context, martlet_bytes patch, uint64_t version) {
    golden *self = context;
    char what[32];
    find_peer(self, patch);
    snprintf(what, sizeof what, "golden desired %d", (int)version);
    say(self, what, patch.data, patch.size);
}

/* Each refusal that the header names, as far as one module can bring it about. */
static int wrong_refusals(golden *self) {
    const martlet_host_api *host = self->host;
    martlet_message message = {sizeof message, "out", {"x", 1}, NULL, 0, NULL, 0};
    martlet_bytes object = {"{}", 2};
    int wrong = 0;
    wrong += !(host->version == 1 && MARTLET_HAS(host, martlet_host_api, post));
    wrong += host->error_text(MARTLET_ERROR_FULL) == NULL || host->error_text(-12345) == NULL;
    wrong += host->send(NULL, &message, NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    wrong += host->send(self->instance, NULL, NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    message.size = 4;
    wrong += host->send(self->instance, &message, NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    message.size = sizeof message;
    message.name = "not/a/name";
    wrong += host->send(self->instance, &message, NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    message.name = "out";
    message.body.size = 300 * 1024;
    message.body.data = calloc(1, message.body.size);
    wrong += host->send(self->instance, &message, NULL, NULL) != MARTLET_ERROR_TOO_LARGE;
    free((void *)message.body.data);
    wrong += host->report(self->instance, bytes("[]"), NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    wrong += host->report(self->instance, bytes("{"), NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    wrong += host->invoke(self->instance, "m", "n", object, 0, NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    wrong += host->answer(self->instance, (martlet_call *)self, 200, object) != MARTLET_ERROR_NOT_FOUND;
    wrong += host->timer_stop(self->instance, 999999) != MARTLET_ERROR_NOT_FOUND;
    wrong += host->timer_start(self->instance, 1, 1, NULL, NULL) != 0;
    wrong += host->watch_start(self->instance, 99999, MARTLET_READABLE, readable, self) != 0;
    wrong += host->watch_start(self->instance, self->ends[0], 0, readable, self) != 0;
    wrong += host->watch_stop(self->instance, 999999) != MARTLET_ERROR_NOT_FOUND;
    wrong += host->post(self->instance, NULL, NULL) != MARTLET_ERROR_ARGUMENT;
    wrong += host->post(NULL, is_ready, NULL) != MARTLET_ERROR_ARGUMENT;
    return wrong;
}

static int invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call) {
    static const martlet_property properties[] = {{"level", "high"}};
    static const martlet_property system_properties[] = {{"contentType", "application/json"}, {"contentEncoding", "utf-8"}};
    golden *self = context;
    const martlet_host_api *host = self->host;
    if (strcmp(method, "echo") == 0) return host->answer(self->instance, call, 200, payload);
    if (strcmp(method, "twin") == 0) return host->answer(self->instance, call, 200, host->twin(self->instance));
    if (strcmp(method, "never") == 0) return MARTLET_OK;
    if (strcmp(method, "errors") == 0) {
        answer(self, &call, 200, "{\"wrong\":%d}", wrong_refusals(self));
        return MARTLET_OK;
    }
    if (strcmp(method, "later") == 0) {
        self->later = call;
        self->timer = host->timer_start(self->instance, 1, 1, ticked, self);
        return self->timer != 0 ? MARTLET_OK : MARTLET_ERROR_FAILED;
    }
    if (strcmp(method, "post") == 0) {
        join(self);
        self->posting = call;
        self->posts = self->in_order = 0;
        self->has_thread = pthread_create(&self->thread, NULL, work, self) == 0;
        return self->has_thread ? MARTLET_OK : MARTLET_ERROR_FAILED;
    }
    if (strcmp(method, "call") == 0) {
        self->calling = call;
        return host->invoke(self->instance, self->peer, "echo", payload, 5000, called, self);
    }
    if (strcmp(method, "watch") == 0) {
        self->watching = call;
        self->watch = host->watch_start(self->instance, self->ends[0], MARTLET_READABLE | MARTLET_HANG_UP, readable, self);
        return self->watch != 0 && write(self->ends[1], "through a pipe", 14) == 14 ? MARTLET_OK : MARTLET_ERROR_FAILED;
    }
    if (strcmp(method, "send") == 0) {
        martlet_message message = {sizeof message, "out", payload, properties, 1, system_properties, 2};
        self->sending = call;
        return host->send(self->instance, &message, sent, self);
    }
    if (strcmp(method, "report") == 0) {
        self->reporting = call;
        return host->report(self->instance, bytes("{\"golden\":true}"), reported, self);
    }
    return MARTLET_ERROR_NOT_FOUND;
}

static void destroy(void *context) {
    golden *self = context;
    join(self);
    self->host->log(self->instance, MARTLET_LOG_INFO, "golden destroy");
    close(self->ends[0]);
    close(self->ends[1]);
    free(self);
}

static const martlet_module_api api = {1, sizeof api, 1, create, start, receive, desired, invoke, destroy};

const martlet_module_api *martlet_module(const martlet_host_api *host) {
    return host->version >= 1 && MARTLET_HAS(host, martlet_host_api, post) ? &api : NULL;
}
