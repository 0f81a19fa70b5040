#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

_Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "mqttbench: %s: %s\n", what, why);
    exit(1);
}

static int path_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof address.sun_path) fail(path, "is too long for a socket");
    strcpy(address.sun_path, path);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address)) fail(path, strerror(errno));
    return descriptor;
}

static int port_socket(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int descriptor, on = 1;
    if (getaddrinfo(host, port, &hints, &found)) fail(host, "is no host");
    descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(descriptor, found->ai_addr, found->ai_addrlen)) fail(port, strerror(errno));
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    freeaddrinfo(found);
    return descriptor;
}

void client_open(client *self, const char *address, SSL_CTX *tls, size_t capacity)
{
    *self = (client){.capacity = capacity, .unread = malloc(capacity), .unsent = malloc(capacity)};
    if (!self->unread || !self->unsent) fail("buffers", "no memory");
    if (address[0] == '/') {
        self->descriptor = path_socket(address);
    } else {
        char *host = strdup(address), *port = strrchr(host, ':');
        if (!port) fail(address, "is neither a path nor HOST:PORT");
        *port++ = 0;
        self->descriptor = port_socket(host, port);
        self->tls = SSL_new(tls);
        if (!self->tls || !SSL_set_fd(self->tls, self->descriptor)) fail("TLS", "cannot be begun");
        if (!X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(self->tls), host)) SSL_set1_host(self->tls, host);
        SSL_set_connect_state(self->tls);
        free(host);
    }
    fcntl(self->descriptor, F_SETFL, O_NONBLOCK);
}

void client_close(client *self)
{
    static const uint8_t disconnect[] = {0xE0, 0};
    if (room(self) >= sizeof disconnect) {
        memcpy(self->unsent + self->filled, disconnect, sizeof disconnect);
        self->filled += sizeof disconnect;
        flush(self);
    }
    if (self->tls) {
        SSL_shutdown(self->tls);
        SSL_free(self->tls);
    }
    close(self->descriptor);
    free(self->unread);
    free(self->unsent);
}

/* Packets. */

static void put(client *self, const void *data, size_t size)
{
    memcpy(self->unsent + self->filled, data, size);
    self->filled += size;
}

static void put_byte(client *self, unsigned value)
{
    self->unsent[self->filled++] = (uint8_t)value;
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

static void put_head(client *self, unsigned first, size_t size)
{
    put_byte(self, first);
    do {
        put_byte(self, (unsigned)(size & 127) | (size > 127 ? 128 : 0));
        size >>= 7;
    } while (size > 0);
}

void put_connect(client *self, const identity *who)
{
    size_t size = 16 + strlen(who->id) + strlen(who->user) + strlen(who->password);
    if (room(self) < size + 5) fail(who->id, "its CONNECT does not fit into the buffer");
    put_head(self, 0x10, size);
    put_text(self, "MQTT");
    put_byte(self, 4);
    put_byte(self, 0xC2); /* user name, password, clean session */
    put_number(self, 0);  /* no keep-alive */
    put_text(self, who->id);
    put_text(self, who->user);
    put_text(self, who->password);
}

void put_subscribe(client *self, const char *filter, int qos)
{
    put_head(self, 0x82, 5 + strlen(filter));
    put_number(self, 1);
    put_text(self, filter);
    put_byte(self, (unsigned)qos);
}

void put_publish(client *self, const char *topic, const uint8_t *body, size_t size, int qos, unsigned packet)
{
    put_head(self, PUBLISH | (unsigned)qos << 1, 2 + strlen(topic) + (qos ? 2 : 0) + size);
    put_text(self, topic);
    if (qos) put_number(self, packet);
    put(self, body, size);
}

void put_puback(client *self, const uint8_t packet[2])
{
    put_head(self, PUBACK, 2);
    put(self, packet, 2);
}

/* The connection. */

size_t room(const client *self)
{
    return self->capacity - self->filled;
}

/* After a call of OpenSSL that did not succeed. */
static void check(client *self, int result, const char *what)
{
    int error = SSL_get_error(self->tls, result);
    if (error == SSL_ERROR_WANT_WRITE) self->wants_output = 1;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
    if (error == SSL_ERROR_ZERO_RETURN) fail(what, "the server has closed the connection");
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    fail(what, reason ? reason : "the connection broke");
}

void flush(client *self)
{
    self->wants_output = 0;
    while (self->sent < self->filled) {
        size_t left = self->filled - self->sent;
        if (self->tls) {
            int count = SSL_write(self->tls, self->unsent + self->sent, (int)left);
            if (count <= 0) {
                check(self, count, "TLS, sending");
                break;
            }
            self->sent += (size_t)count;
        } else {
            ssize_t count = send(self->descriptor, self->unsent + self->sent, left, MSG_NOSIGNAL);
            if (count < 0) {
                if (errno != EAGAIN) fail("sending", strerror(errno));
                self->wants_output = 1;
                break;
            }
            self->sent += (size_t)count;
        }
    }
    memmove(self->unsent, self->unsent + self->sent, self->filled - self->sent);
    self->filled -= self->sent;
    self->sent = 0;
}

void fill(client *self)
{
    memmove(self->unread, self->unread + self->start, self->end - self->start);
    self->end -= self->start;
    self->start = 0;
    while (self->end < self->capacity) {
        size_t left = self->capacity - self->end;
        ssize_t count;
        if (self->tls) {
            count = SSL_read(self->tls, self->unread + self->end, (int)left);
            if (count <= 0) {
                check(self, (int)count, "TLS, reading");
                break;
            }
            self->end += (size_t)count;
        } else {
            count = recv(self->descriptor, self->unread + self->end, left, 0);
            if (count == 0) fail("reading", "the server has closed the connection");
            if (count < 0) {
                if (errno != EAGAIN) fail("reading", strerror(errno));
                break;
            }
            self->end += (size_t)count;
            if ((size_t)count < left) break;
        }
    }
}

unsigned take(client *self, const uint8_t **content, size_t *size)
{
    size_t have = self->end - self->start, length = 0, head = 1;
    const uint8_t *packet = self->unread + self->start;
    int whole = 0;
    for (int shift = 0; head < have && !whole; shift += 7) {
        length |= (size_t)(packet[head] & 127) << shift;
        whole = !(packet[head++] & 128);
    }
    if (!whole || have < head + length) return 0;
    self->start += head + length;
    *content = packet + head;
    *size = length;
    return packet[0];
}

short awaited(const client *self)
{
    return self->wants_output ? POLLIN | POLLOUT : POLLIN;
}
