/* A client of MQTT brokers, to measure them with. Prints a line `NAME VALUE` for each figure.
 *
 *   mqttbench ADDRESS CA CLIENTS throughput TOPIC COUNT BYTES QOS WINDOW
 *           The first client publishes COUNT messages of BYTES bytes to TOPIC, the second receives them; WINDOW at most are on their
 *           way (not yet received, or not yet acknowledged). Messages a second: rate; and ns of this program's processor time for each: client
 *   mqttbench ADDRESS CA CLIENTS latency TOPIC COUNT BYTES QOS
 *           The same, one at a time: from before it is sent until it was read. µs: p50, p99
 *   mqttbench ADDRESS CA CLIENTS idle ATONCE
 *           All clients connect and subscribe, ATONCE at the same time. Connections a second: rate. Then they stay until standard input ends.
 *   mqttbench ADDRESS CA CLIENTS suite
 *           The suite that the server chooses: its name.
 *
 * ADDRESS: a socket's path, or HOST:PORT with TLS 1.2, whose certificate has to lead to one in the file CA ("-" without TLS).
 * CLIENTS: a file with a line for each client: its id, user name, password and the filter that it subscribes to, with tabs between. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

enum { BUFFER = 1 << 20, SMALL = 2048, PATIENCE = 30000, MOST = 10000, MOST_BYTES = 1 << 16, DIGITS = 10 };

typedef struct {
    const char *address, *topic;
    SSL_CTX *tls;
    identity *clients;
    size_t clients_count;
    size_t count, bytes, window;
    int qos;
    client publisher, subscriber;
    size_t sent, acknowledged, received;
    uint8_t body[MOST_BYTES];
} bench;

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void read_clients(bench *self, const char *path)
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    if (!file || !(self->clients = calloc(MOST, sizeof *self->clients))) fail(path, "cannot be read");
    while (getline(&line, &size, file) > 0) {
        char *words[4] = {strtok(line, "\t\n"), strtok(NULL, "\t\n"), strtok(NULL, "\t\n"), strtok(NULL, "\t\n")};
        if (!words[3] || self->clients_count == MOST) fail(path, "each line has an id, a user name, a password and a filter, at most 10000 lines");
        identity *next = &self->clients[self->clients_count++];
        *next = (identity){strdup(words[0]), strdup(words[1]), strdup(words[2]), strdup(words[3])};
    }
    free(line);
    fclose(file);
    if (self->clients_count < 2) fail(path, "two clients at least");
}

/* With OpenSSL's own list of suites: each server chooses. */
static SSL_CTX *make_tls(const char *ca)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (!tls || !SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION) || !SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION)
        || !SSL_CTX_load_verify_file(tls, ca))
        fail(ca, "TLS cannot be set up with it");
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return tls;
}

/* One step of a connection that is being made. 1: it is connected and subscribed. */
static int progress(client *self, const identity *who, int qos)
{
    const uint8_t *content;
    size_t size;
    unsigned first;
    flush(self);
    fill(self);
    flush(self); /* a handshake that has just ended leaves CONNECT unsent */
    while ((first = take(self, &content, &size))) {
        if (first == CONNACK && size == 2 && content[1] == 0) {
            put_subscribe(self, who->filter, qos);
            flush(self);
        } else if (first == SUBACK && size == 3 && content[2] == qos) {
            return 1;
        } else {
            fail(who->id, first == CONNACK ? "the server refuses it" : "the server refuses what it subscribes to");
        }
    }
    return 0;
}

static void connect_one(bench *self, client *made, const identity *who)
{
    client_open(made, self->address, self->tls, BUFFER);
    put_connect(made, who);
    while (!progress(made, who, self->qos)) {
        struct pollfd descriptor = {made->descriptor, awaited(made), 0};
        if (poll(&descriptor, 1, PATIENCE) <= 0) fail(who->id, "is not connected in time");
    }
}

static void connect_pair(bench *self)
{
    connect_one(self, &self->subscriber, &self->clients[1]);
    connect_one(self, &self->publisher, &self->clients[0]);
}

/* Waits until one of the two has something to do. */
static void await_pair(bench *self)
{
    struct pollfd both[2] = {{self->publisher.descriptor, awaited(&self->publisher), 0}, {self->subscriber.descriptor, awaited(&self->subscriber), 0}};
    if (poll(both, 2, PATIENCE) <= 0) fail("waiting", "neither a message nor an acknowledgement came for 30 seconds");
    if (both[1].revents) fill(&self->subscriber);
    if (both[0].revents) fill(&self->publisher);
}

/* Publishes the next message. Its body begins with its number. */
static void publish(bench *self)
{
    size_t number = self->sent;
    for (int index = DIGITS; index-- > 0; number /= 10) self->body[index] = (uint8_t)('0' + number % 10);
    put_publish(&self->publisher, self->topic, self->body, self->bytes, self->qos, 1 + (unsigned)(self->sent % 65535));
    self->sent++;
}

/* A message that came: it has to be the next one, and whole. */
static void receive(bench *self, unsigned first, const uint8_t *content, size_t size)
{
    size_t topic = (size_t)content[0] << 8 | content[1];
    const uint8_t *packet = content + 2 + topic, *body = packet + (first & 6 ? 2 : 0);
    if ((first >> 1 & 3) != (unsigned)self->qos) fail("receiving", "a message with another quality of service than it was sent with");
    if (body + self->bytes != content + size) fail("receiving", "a message of another size");
    size_t number = 0;
    for (int index = 0; index < DIGITS; index++) number = number * 10 + (size_t)(body[index] - '0');
    if (number != self->received) fail("receiving", "a message is missing, came twice, or is out of order");
    self->received++;
    if (self->qos) {
        if (room(&self->subscriber) < 4) fail("receiving", "the server does not take acknowledgements");
        put_puback(&self->subscriber, packet);
    }
}

/* Takes what was read by both. */
static void take_all(bench *self)
{
    const uint8_t *content;
    size_t size;
    unsigned first;
    while ((first = take(&self->subscriber, &content, &size))) {
        if ((first & 0xF0) != PUBLISH) fail("receiving", "a packet that is no message");
        receive(self, first, content, size);
    }
    flush(&self->subscriber);
    while ((first = take(&self->publisher, &content, &size))) {
        if (first != PUBACK) fail("publishing", "a packet that is no acknowledgement");
        self->acknowledged++;
    }
}

/* How many messages were received and, with QoS 1, acknowledged. */
static size_t done(const bench *self)
{
    return self->qos && self->acknowledged < self->received ? self->acknowledged : self->received;
}

static void throughput(bench *self)
{
    size_t largest = strlen(self->topic) + self->bytes + 10;
    connect_pair(self);
    uint64_t start = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    while (done(self) < self->count) {
        while (self->sent < self->count && self->sent - done(self) < self->window && room(&self->publisher) >= largest) publish(self);
        flush(&self->publisher);
        await_pair(self);
        take_all(self);
    }
    uint64_t end = now(CLOCK_MONOTONIC);
    printf("rate %.0f\n", (double)self->count * 1e9 / (double)(end - start));
    printf("client %.0f\n", (double)(now(CLOCK_PROCESS_CPUTIME_ID) - used) / (double)self->count);
}

static int ascending(const void *left, const void *right)
{
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    return one < other ? -1 : one > other;
}

static void latency(bench *self)
{
    size_t warm = self->count / 10;
    uint32_t *times = calloc(self->count + warm, sizeof *times);
    if (!times) fail("latency", "no memory");
    connect_pair(self);
    for (size_t index = 0; index < self->count + warm; index++) {
        uint64_t start = now(CLOCK_MONOTONIC);
        publish(self);
        flush(&self->publisher);
        while (done(self) <= index) {
            await_pair(self);
            if (self->received == index) {
                take_all(self);
                if (self->received > index) times[index] = (uint32_t)(now(CLOCK_MONOTONIC) - start);
            } else {
                take_all(self);
            }
        }
    }
    qsort(times + warm, self->count, sizeof *times, ascending);
    printf("p50 %.2f\n", times[warm + self->count / 2] / 1000.0);
    printf("p99 %.2f\n", times[warm + self->count * 99 / 100] / 1000.0);
    free(times);
}

static void idle(bench *self, size_t at_once)
{
    client *all = calloc(self->clients_count, sizeof *all);
    struct pollfd *waited = calloc(at_once, sizeof *waited);
    size_t *places = calloc(at_once, sizeof *places); /* the client that each descriptor is of */
    size_t begun = 0, active = 0, connected = 0;
    uint64_t start = now(CLOCK_MONOTONIC);
    if (!all || !waited || !places) fail("idle", "no memory");
    while (connected < self->clients_count) {
        while (active < at_once && begun < self->clients_count) {
            client_open(&all[begun], self->address, self->tls, SMALL);
            put_connect(&all[begun], &self->clients[begun]);
            flush(&all[begun]);
            places[active++] = begun++;
        }
        for (size_t index = 0; index < active; index++)
            waited[index] = (struct pollfd){all[places[index]].descriptor, awaited(&all[places[index]]), 0};
        if (poll(waited, active, PATIENCE) <= 0) fail("idle", "clients are not connected in time");
        for (size_t index = active; index-- > 0;) {
            size_t place = places[index];
            if (!waited[index].revents || !progress(&all[place], &self->clients[place], self->qos)) continue;
            connected++;
            places[index] = places[--active];
        }
    }
    printf("rate %.0f\n", (double)connected * 1e9 / (double)(now(CLOCK_MONOTONIC) - start));
    fflush(stdout);
    for (char byte; read(0, &byte, 1) > 0;) {}
    for (size_t index = 0; index < connected; index++) client_close(&all[index]);
    free(all);
    free(waited);
    free(places);
}

int main(int count, char **words)
{
    static bench it;
    if (count < 5) fail("usage", "see the head of the source");
    it.address = words[1];
    if (strcmp(words[2], "-") != 0) it.tls = make_tls(words[2]);
    read_clients(&it, words[3]);
    if (strcmp(words[4], "suite") == 0 && count == 5) {
        connect_pair(&it);
        printf("%s\n", SSL_get_cipher(it.publisher.tls));
        return 0;
    }
    if (strcmp(words[4], "idle") == 0 && count == 6) {
        it.qos = 1;
        idle(&it, strtoull(words[5], NULL, 10));
        return 0;
    }
    if (count < 9) fail("usage", "see the head of the source");
    it.topic = words[5];
    it.count = strtoull(words[6], NULL, 10);
    it.bytes = strtoull(words[7], NULL, 10);
    it.qos = atoi(words[8]);
    if (it.bytes < DIGITS || it.bytes > MOST_BYTES) fail(words[7], "bytes of a message are from 10 to 65536");
    memset(it.body, 'x', it.bytes);
    if (strcmp(words[4], "throughput") == 0 && count == 10) {
        it.window = strtoull(words[9], NULL, 10);
        throughput(&it);
    } else if (strcmp(words[4], "latency") == 0 && count == 9) {
        latency(&it);
    } else {
        fail("usage", "see the head of the source");
    }
    client_close(&it.publisher);
    client_close(&it.subscriber);
    return 0;
}
