/* A library module to wear a host out with. The desired property "does" says what it does, the rest of it works:
 *
 *   crash    ends its process by abort(), 1 ms after its start
 *   exit     ends its process by exit(3), 1 ms after its start
 *   refuse   create returns NULL
 *   fail     start returns MARTLET_ERROR_FAILED
 *   work     timers, a watch, a thread that posts, messages, reports and a method call, all at once and for ever
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "martlet.h"

typedef struct soak {
    const martlet_host_api *host;
    martlet_instance *instance;
    pthread_t thread;
    int has_thread, event;
    volatile int ends;
} soak;

static martlet_bytes bytes(const char *text)
{
    martlet_bytes all;
    all.data = text;
    all.size = strlen(text);
    return all;
}

static int does(martlet_bytes twin, const char *what)
{
    return memmem(twin.data, twin.size, what, strlen(what)) != NULL;
}

static void crash(void *context)
{
    (void)context;
    abort();
}

static void leave(void *context)
{
    (void)context;
    exit(3);
}

static void done(void *context, int result, uint64_t version)
{
    (void)context;
    (void)result;
    (void)version;
}

static void answered(void *context, int result, int status, martlet_bytes payload)
{
    done(context, result, (uint64_t)status);
    (void)payload;
}

static void send(soak *self, martlet_done then)
{
    martlet_message message = {sizeof message, "out", {"{\"a\":1}", 7}, NULL, 0, NULL, 0};
    self->host->send(self->instance, &message, then, self);
}

static void fire(void *context)
{
    soak *self = context;
    send(self, done);
    self->host->report(self->instance, bytes("{\"n\":{\"m\":1}}"), done, self);
    self->host->invoke(self->instance, "echo", "echo", bytes("[1,\"two\"]"), 1000, answered, self);
}

static void ready(void *context, int events)
{
    soak *self = context;
    uint64_t count;
    (void)events;
    if (read(self->event, &count, sizeof count) > 0) send(self, NULL);
}

static void posted(void *context)
{
    send(context, NULL);
}

static void *work(void *context)
{
    soak *self = context;
    while (!self->ends && self->host->post(self->instance, posted, self) != MARTLET_ERROR_FAILED) {
        eventfd_write(self->event, 1);
        usleep(2000);
    }
    return NULL;
}

static void *create(const martlet_host_api *host, martlet_instance *instance)
{
    soak *self = does(host->twin(instance), "\"refuse\"") ? NULL : calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    self->instance = instance;
    self->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return self;
}

static int start(void *context, martlet_bytes twin)
{
    soak *self = context;
    if (does(twin, "\"fail\"")) return MARTLET_ERROR_FAILED;
    if (does(twin, "\"crash\"")) self->host->timer_start(self->instance, 1, 0, crash, self);
    if (does(twin, "\"exit\"")) self->host->timer_start(self->instance, 1, 0, leave, self);
    if (!does(twin, "\"work\"")) return MARTLET_OK;
    self->host->timer_start(self->instance, 2, 5, fire, self);
    self->host->watch_start(self->instance, self->event, MARTLET_READABLE, ready, self);
    self->has_thread = pthread_create(&self->thread, NULL, work, self) == 0;
    return MARTLET_OK;
}

static void receive(void *context, const martlet_message *message)
{
    (void)context;
    (void)message;
}

static int invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call)
{
    soak *self = context;
    (void)method;
    return self->host->answer(self->instance, call, 200, payload);
}

static void destroy(void *context)
{
    soak *self = context;
    self->ends = 1;
    if (self->has_thread) pthread_join(self->thread, NULL);
    close(self->event);
    free(self);
}

static const martlet_module_api api = {
    MARTLET_ABI_VERSION, sizeof api, 0, create, start, receive, NULL, invoke, destroy,
};

const martlet_module_api *martlet_module(const martlet_host_api *host)
{
    (void)host;
    return &api;
}
