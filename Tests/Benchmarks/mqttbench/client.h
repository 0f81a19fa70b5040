/* One MQTT 3.1.1 client that never blocks: over a socket in the file system, or over TLS 1.2. */
#ifndef MQTTBENCH_CLIENT_H
#define MQTTBENCH_CLIENT_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

enum { CONNACK = 0x20, PUBLISH = 0x30, PUBACK = 0x40, SUBACK = 0x90 };

/* Who connects: a line of the file of clients. */
typedef struct {
    char *id, *user, *password, *filter;
} identity;

typedef struct {
    int descriptor;
    SSL *tls;
    int wants_output; /* it is to be flushed once the socket takes more */
    size_t capacity;  /* of each of the two buffers */
    uint8_t *unread, *unsent;
    size_t start, end;   /* of what came and was not taken */
    size_t sent, filled; /* of what is to be sent */
} client;

/* Ends the program with a message. */
_Noreturn void fail(const char *what, const char *why);

/* Begins a connection. `address`: a path (it starts with "/"), or HOST:PORT of TLS, whose certificate has to be of `tls`. */
void client_open(client *self, const char *address, SSL_CTX *tls, size_t capacity);
/* Tells the server that it goes, and frees all. */
void client_close(client *self);

/* Put packets into the buffer of what is to be sent; there has to be room. */
void put_connect(client *self, const identity *who);
void put_subscribe(client *self, const char *filter, int qos);
void put_publish(client *self, const char *topic, const uint8_t *body, size_t size, int qos, unsigned packet);
void put_puback(client *self, const uint8_t packet[2]);

/* Room for more, in bytes. */
size_t room(const client *self);
/* Sends what can be sent. */
void flush(client *self);
/* Reads what there is. */
void fill(client *self);
/* The next packet of what was read: its first byte, 0 when there is none. The packet's content stays until `fill`. */
unsigned take(client *self, const uint8_t **content, size_t *size);
/* What `poll` has to wait for. */
short awaited(const client *self);

#endif
