/* What others do with messages, to measure Martlet's hub beside: SQLite as a queue, and an MQTT broker. Prints a line `NAME VALUE` each.
 *
 *   hub queue FILE COUNT BATCH BYTES DRAINED   COUNT rows of BYTES bytes into a new database at FILE, BATCH in one transaction; DRAINED
 *           not 0: each transaction also deletes the rows of the one before. Write-ahead log, synchronous=FULL. ns for each row: each;
 *           and of /proc/self/io, for each row: written, passed
 *   hub mqtt SOCKET COUNT BYTES QOS WINDOW TOPICS CONSUMER   publishes COUNT messages to one of TOPICS topics that are subscribed to;
 *           CONSUMER 1: they are received meanwhile; 0: the subscriber has gone, and its session is kept. QOS 1: WINDOW at once are not
 *           yet acknowledged. ns for each until all are acknowledged and received: each; how many of them were received: received */
#define _GNU_SOURCE
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "hub: %s: %s\n", what, why);
    exit(1);
}

/* SQLite. */

static void run(sqlite3 *database, const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql, sqlite3_errmsg(database));
}

static uint64_t io(const char *name)
{
    char line[128];
    uint64_t value = 0;
    FILE *file = fopen("/proc/self/io", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0) value = strtoull(line + strlen(name), NULL, 10);
    if (file) fclose(file);
    return value;
}

static void queue(const char *path, size_t count, size_t batch, size_t bytes, int drained)
{
    sqlite3 *database;
    sqlite3_stmt *put, *drop;
    char *body = malloc(bytes);
    uint64_t start, written, passed;
    size_t number = 0;
    if (!body) fail(path, "no memory");
    memset(body, 'x', bytes);
    if (sqlite3_open(path, &database) != SQLITE_OK) fail(path, sqlite3_errmsg(database));
    run(database, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000;"
                  "CREATE TABLE messages (id INTEGER PRIMARY KEY, body BLOB NOT NULL)");
    sqlite3_prepare_v2(database, "INSERT INTO messages VALUES (?, ?)", -1, &put, NULL);
    sqlite3_prepare_v2(database, "DELETE FROM messages WHERE id < ?", -1, &drop, NULL);
    start = now();
    written = io("write_bytes:");
    passed = io("wchar:");
    while (number < count) {
        run(database, "BEGIN");
        if (drained) {
            sqlite3_bind_int64(drop, 1, (sqlite3_int64)number);
            if (sqlite3_step(drop) != SQLITE_DONE) fail(path, sqlite3_errmsg(database));
            sqlite3_reset(drop);
        }
        for (size_t index = 0; index < batch; index++, number++) {
            sqlite3_bind_int64(put, 1, (sqlite3_int64)number);
            sqlite3_bind_blob(put, 2, body, (int)bytes, SQLITE_STATIC);
            if (sqlite3_step(put) != SQLITE_DONE) fail(path, sqlite3_errmsg(database));
            sqlite3_reset(put);
        }
        run(database, "COMMIT");
    }
    printf("each %.2f\n", (double)(now() - start) / (double)number);
    printf("written %.2f\n", (double)(io("write_bytes:") - written) / (double)number);
    printf("passed %.2f\n", (double)(io("wchar:") - passed) / (double)number);
    sqlite3_finalize(put);
    sqlite3_finalize(drop);
    sqlite3_close(database);
}

/* MQTT 3.1.1. */

enum { BUFFER = 1 << 18, CONNECT = 0x10, PUBLISH = 0x30, PUBACK = 0x40, SUBSCRIBE = 0x82, PATIENCE = 30 };

typedef struct client {
    int descriptor;
    uint8_t unread[BUFFER];
    size_t start, end;
    uint8_t unsent[BUFFER];
    size_t size;
} client;

typedef struct test {
    client publisher, subscriber;
    size_t count, bytes, window, topics, received;
    int qos;
} test;

static void flush(client *self)
{
    for (size_t sent = 0; sent < self->size;) {
        ssize_t count = send(self->descriptor, self->unsent + sent, self->size - sent, MSG_NOSIGNAL);
        if (count <= 0) fail("mqtt", "the broker takes no more");
        sent += (size_t)count;
    }
    self->size = 0;
}

static void put(client *self, const void *data, size_t size)
{
    if (self->size + size > BUFFER) flush(self);
    memcpy(self->unsent + self->size, data, size);
    self->size += size;
}

static void put_byte(client *self, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    put(self, &byte, 1);
}

static void put_number(client *self, size_t value)
{
    put_byte(self, (unsigned)(value >> 8));
    put_byte(self, (unsigned)value);
}

static void put_text(client *self, const char *text)
{
    put_number(self, strlen(text));
    put(self, text, strlen(text));
}

static void put_head(client *self, unsigned kind, size_t size)
{
    put_byte(self, kind);
    do {
        put_byte(self, (unsigned)(size & 127) | (size > 127 ? 128 : 0));
        size >>= 7;
    } while (size > 0);
}

/* The next packet, whose kind is returned; 0: nothing came in time. */
static unsigned take(client *self, const uint8_t **data, size_t *size)
{
    for (;;) {
        size_t have = self->end - self->start, length = 0, head = 1;
        const uint8_t *packet = self->unread + self->start;
        int whole = 0;
        for (int shift = 0; head < have && !whole; shift += 7) {
            length |= (size_t)(packet[head] & 127) << shift;
            whole = !(packet[head++] & 128);
        }
        if (whole && have >= head + length) {
            self->start += head + length;
            *data = packet + head;
            *size = length;
            return packet[0];
        }
        memmove(self->unread, packet, have);
        self->start = 0;
        self->end = have;
        ssize_t count = recv(self->descriptor, self->unread + have, BUFFER - have, 0);
        if (count <= 0) return 0;
        self->end += (size_t)count;
    }
}

static void expect(client *self, unsigned kind)
{
    const uint8_t *data;
    size_t size;
    if (take(self, &data, &size) != kind) fail("mqtt", "the broker does not answer as it should");
}

static void begin(client *self, const char *path, const char *name, int is_new)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {PATIENCE, 0};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    self->descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    setsockopt(self->descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(self->descriptor, (struct sockaddr *)&address, sizeof address)) fail(path, "nobody listens");
    put_head(self, CONNECT, 12 + strlen(name));
    put_text(self, "MQTT");
    put_byte(self, 4);
    put_byte(self, is_new ? 2 : 0);
    put_number(self, 0);
    put_text(self, name);
    flush(self);
    expect(self, 0x20);
}

static void *receive(void *context)
{
    test *self = context;
    const uint8_t *data;
    size_t size;
    unsigned kind;
    while (self->received < self->count && (kind = take(&self->subscriber, &data, &size))) {
        if ((kind & 0xF0) != PUBLISH) continue;
        self->received++;
        if (kind & 6) {
            size_t name = (size_t)data[0] << 8 | data[1];
            put_head(&self->subscriber, PUBACK, 2);
            put(&self->subscriber, data + 2 + name, 2);
        }
        if (self->subscriber.start == self->subscriber.end || self->subscriber.size > BUFFER / 2) flush(&self->subscriber);
    }
    flush(&self->subscriber);
    return NULL;
}

static void publish(test *self)
{
    char topic[32], *body = calloc(1, self->bytes);
    size_t sent = 0, acknowledged = 0, size;
    const uint8_t *data;
    if (!body) fail("mqtt", "no memory");
    snprintf(topic, sizeof topic, "bench/%zu/out", self->topics / 2);
    while (acknowledged < self->count) {
        while (sent < self->count && (self->qos == 0 || sent - acknowledged < self->window)) {
            put_head(&self->publisher, PUBLISH | (unsigned)self->qos << 1, 2 + strlen(topic) + (self->qos ? 2 : 0) + self->bytes);
            put_text(&self->publisher, topic);
            if (self->qos) put_number(&self->publisher, 1 + sent % 65535);
            put(&self->publisher, body, self->bytes);
            sent++;
        }
        flush(&self->publisher);
        if (self->qos == 0) break;
        do {
            if (take(&self->publisher, &data, &size) != PUBACK) fail("mqtt", "a message was not acknowledged");
            acknowledged++;
        } while (self->publisher.start < self->publisher.end);
    }
    free(body);
}

static void mqtt(test *self, const char *path, int consumer)
{
    char filter[32];
    pthread_t thread;
    uint64_t start;
    begin(&self->subscriber, path, "sink", 0);
    for (size_t index = 0; index < self->topics; index++) {
        snprintf(filter, sizeof filter, "bench/%zu/#", index);
        put_head(&self->subscriber, SUBSCRIBE, 5 + strlen(filter));
        put_number(&self->subscriber, 1);
        put_text(&self->subscriber, filter);
        put_byte(&self->subscriber, (unsigned)self->qos);
        flush(&self->subscriber);
        expect(&self->subscriber, 0x90);
    }
    if (!consumer) close(self->subscriber.descriptor);
    begin(&self->publisher, path, "source", 1);
    start = now();
    if (consumer && pthread_create(&thread, NULL, receive, self)) fail("mqtt", "no thread");
    publish(self);
    if (consumer) pthread_join(thread, NULL);
    printf("each %.2f\n", (double)(now() - start) / (double)self->count);
    printf("received %zu\n", self->received);
}

int main(int count, char **words)
{
    size_t numbers[6] = {0};
    for (int index = 3; index < count && index < 9; index++) numbers[index - 3] = strtoull(words[index], NULL, 10);
    if (count == 7 && strcmp(words[1], "queue") == 0) {
        queue(words[2], numbers[0], numbers[1], numbers[2], numbers[3] != 0);
    } else if (count == 9 && strcmp(words[1], "mqtt") == 0) {
        static test it;
        it.count = numbers[0];
        it.bytes = numbers[1];
        it.qos = (int)numbers[2];
        it.window = numbers[3];
        it.topics = numbers[4];
        mqtt(&it, words[2], numbers[5] != 0);
    } else {
        fail("usage", "see the head of the source");
    }
    return 0;
}
