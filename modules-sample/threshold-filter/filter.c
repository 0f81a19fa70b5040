/* Passes the messages of one input whose field is over a limit. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "martlet.h"

#define DEFAULT_LIMIT 80.0
#define DEFAULT_FIELD "cpuPercent"

enum { FIELD_SIZE = 64, STATUS_SIZE = 256, PROPERTIES = 32, REPORT_MS = 1000 };

typedef struct filter {
    const martlet_host_api *host;
    martlet_instance *instance;
    double limit;
    char field[FIELD_SIZE];
    uint64_t seen;
    uint64_t passed;
    martlet_timer report_timer; /* runs while there are counts that were not reported */
} filter;

static martlet_bytes status(const filter *self, char *text)
{
    martlet_bytes bytes;
    int length = snprintf(text, STATUS_SIZE, "{\"limit\":%.15g,\"field\":\"%s\",\"seen\":%" PRIu64 ",\"passed\":%" PRIu64 "}",
                          self->limit, self->field, self->seen, self->passed);
    bytes.data = text;
    bytes.size = length > 0 && length < STATUS_SIZE ? (size_t)length : 0;
    return bytes;
}

static void report(filter *self)
{
    char text[STATUS_SIZE];
    int result = self->host->report(self->instance, status(self, text), NULL, NULL);
    if (result != MARTLET_OK) self->host->log(self->instance, MARTLET_LOG_WARNING, self->host->error_text(result));
}

static void report_later(void *context)
{
    filter *self = context;
    self->report_timer = 0;
    report(self);
}

/* Takes `limit` and `field` from desired properties; null brings the default back. What is not valid is refused in the log. */
static void configure(filter *self, json properties)
{
    json value;
    double limit;
    char field[FIELD_SIZE];
    if (json_member(properties, "limit", &value)) {
        if (json_is_null(value)) {
            self->limit = DEFAULT_LIMIT;
        } else if (json_number(value, &limit) && isfinite(limit)) {
            self->limit = limit;
        } else {
            self->host->log(self->instance, MARTLET_LOG_WARNING, "desired property limit must be a number; the old one stays");
        }
    }
    if (json_member(properties, "field", &value)) {
        if (json_is_null(value)) {
            strcpy(self->field, DEFAULT_FIELD);
        } else if (json_string(value, field, sizeof field)) {
            strcpy(self->field, field);
        } else {
            self->host->log(self->instance, MARTLET_LOG_WARNING,
                            "desired property field must be a string of at most 63 bytes without escapes; the old one stays");
        }
    }
}

static void *filter_create(const martlet_host_api *host, martlet_instance *instance)
{
    filter *self;
    if (!MARTLET_HAS(host, martlet_host_api, timer_stop)) return NULL;
    self = calloc(1, sizeof *self);
    if (self == NULL) {
        host->log(instance, MARTLET_LOG_ERROR, "out of memory");
        return NULL;
    }
    self->host = host;
    self->instance = instance;
    self->limit = DEFAULT_LIMIT;
    strcpy(self->field, DEFAULT_FIELD);
    return self;
}

static int filter_start(void *context, martlet_bytes twin)
{
    filter *self = context;
    json text = {twin.data, twin.size};
    json desired;
    if (json_member(text, "desired", &desired)) configure(self, desired);
    report(self);
    return MARTLET_OK;
}

static void filter_receive(void *context, const martlet_message *message)
{
    static const martlet_property system[] = {{"contentType", "application/json"}, {"contentEncoding", "utf-8"}};
    filter *self = context;
    martlet_property properties[PROPERTIES];
    martlet_message alert = {sizeof alert, "alert", message->body, properties, 0, system, 2};
    json body = {message->body.data, message->body.size};
    json value;
    double number;
    size_t index;
    int result;

    if (strcmp(message->name, "readings") != 0) return;
    self->seen++;
    if (!json_member(body, self->field, &value) || !json_number(value, &number) || !(number > self->limit)) return;
    self->passed++;

    for (index = 0; index < message->property_count && alert.property_count < PROPERTIES - 1; index++) {
        if (strcmp(message->properties[index].name, "level") != 0) properties[alert.property_count++] = message->properties[index];
    }
    properties[alert.property_count].name = "level";
    properties[alert.property_count++].value = "high";
    result = self->host->send(self->instance, &alert, NULL, NULL);
    if (result != MARTLET_OK) self->host->log(self->instance, MARTLET_LOG_WARNING, self->host->error_text(result));

    /* Reported properties are stored: at most once a second. */
    if (self->report_timer == 0) {
        self->report_timer = self->host->timer_start(self->instance, REPORT_MS, 0, report_later, self);
    }
}

static void filter_desired(void *context, martlet_bytes patch, uint64_t version)
{
    filter *self = context;
    json text = {patch.data, patch.size};
    (void)version;
    configure(self, text);
    report(self);
}

static int filter_invoke(void *context, const char *method, martlet_bytes payload, martlet_call *call)
{
    static const char unknown[] = "{\"error\":\"the methods are status and reset\"}";
    filter *self = context;
    char text[STATUS_SIZE];
    martlet_bytes error = {unknown, sizeof unknown - 1};
    (void)payload;
    if (strcmp(method, "reset") == 0) {
        self->seen = 0;
        self->passed = 0;
        report(self);
    } else if (strcmp(method, "status") != 0) {
        return self->host->answer(self->instance, call, 404, error);
    }
    return self->host->answer(self->instance, call, 200, status(self, text));
}

static void filter_destroy(void *context)
{
    free(context); /* the host ends the timer */
}

const martlet_module_api *martlet_module(const martlet_host_api *host)
{
    static const martlet_module_api module = {
        MARTLET_ABI_VERSION, sizeof(martlet_module_api), 0,             filter_create,  filter_start,
        filter_receive,      filter_desired,             filter_invoke, filter_destroy,
    };
    return host->version >= MARTLET_ABI_VERSION && MARTLET_HAS(host, martlet_host_api, timer_stop) ? &module : NULL;
}
