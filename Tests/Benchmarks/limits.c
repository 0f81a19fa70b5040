/* What the machine can do, to measure beside. Prints nanoseconds: a line `NAME VALUE` each.
 *
 *   limits call IMAGE COUNT           `receive` of a module image, through a function pointer: ns each
 *   limits copy IMAGE COUNT           the same, and each message is copied to memory of its own, waits for 249 others, and is freed
 *   limits ffi COUNT                  a libffi call of (double, double) -> double: ns each
 *   limits pingpong COUNT             100 bytes between two processes over a socketpair: one-way p50, p99
 *   limits threads COUNT              between two threads over eventfds: one-way p50, p99
 *   limits router COUNT               100 bytes from a process over a bare libuv router to another: one-way p50, p99
 *   limits stream COUNT BATCH         the same way, BATCH messages a write: ns each */
#include <dlfcn.h>
#include <ffi.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "martlet.h"

enum { BODY = 100, FRAME = 4 + BODY, TRAIN = 250, BUFFER = 65536 };

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void *shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    return memory;
}

static int by_size(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void print_times(uint64_t *times, size_t count)
{
    qsort(times, count, sizeof *times, by_size);
    printf("p50 %llu\np99 %llu\n", (unsigned long long)times[count / 2], (unsigned long long)times[count * 99 / 100]);
}

static void print_each(uint64_t start, size_t count)
{
    printf("each %.2f\n", (double)(now() - start) / (double)count);
}

/* In process. */

static void no_log(martlet_instance *instance, int level, const char *text)
{
    (void)instance, (void)level, (void)text;
}

static const martlet_module_api *load(const char *path, void **state)
{
    static martlet_host_api host = { .version = MARTLET_ABI_VERSION, .size = sizeof host, .log = no_log };
    void *image = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const martlet_module_api *(*entry)(const martlet_host_api *);
    if (!image) fail(dlerror());
    *(void **)&entry = dlsym(image, "martlet_module");
    *state = entry(&host)->create(&host, NULL);
    return entry(&host);
}

static void call(const char *path, size_t count)
{
    void *state;
    const martlet_module_api *module = load(path, &state);
    char body[BODY] = { 0 };
    martlet_message message = { .size = sizeof message, .name = "data", .body = { body, BODY } };
    uint64_t start = now();
    for (size_t index = 0; index < count; index++) {
        memcpy(body, &index, sizeof index);
        module->receive(state, &message);
    }
    print_each(start, count);
}

static void copy(const char *path, size_t count)
{
    void *state;
    const martlet_module_api *module = load(path, &state);
    char body[BODY] = { 0 }, *queue[TRAIN];
    uint64_t start = now();
    for (size_t sent = 0; sent < count; sent += TRAIN) {
        for (size_t index = 0; index < TRAIN; index++) {
            size_t number = sent + index;
            memcpy(body, &number, sizeof number);
            queue[index] = malloc(BODY);
            memcpy(queue[index], body, BODY);
        }
        for (size_t index = 0; index < TRAIN; index++) {
            martlet_message message = { .size = sizeof message, .name = "data", .body = { queue[index], BODY } };
            module->receive(state, &message);
            free(queue[index]);
        }
    }
    print_each(start, count);
}

static double add(double left, double right) { return left + right; }

static void ffi(size_t count)
{
    ffi_cif cif;
    ffi_type *types[] = { &ffi_type_double, &ffi_type_double };
    double left = 1, right = 2, result;
    void *arguments[] = { &left, &right };
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 2, &ffi_type_double, types) != FFI_OK) exit(1);
    uint64_t start = now();
    for (size_t index = 0; index < count; index++) ffi_call(&cif, FFI_FN(add), &result, arguments);
    print_each(start, count);
}

/* Between processes and threads. */

static void write_all(int socket, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(socket, bytes, size);
        if (written <= 0) _exit(0);
        bytes += written;
        size -= (size_t)written;
    }
}

static void read_frame(int socket, char *frame)
{
    for (size_t got = 0; got < FRAME;) {
        ssize_t size = read(socket, frame + got, FRAME - got);
        if (size <= 0) _exit(0);
        got += (size_t)size;
    }
}

static void fill(char *frame)
{
    uint32_t length = BODY;
    memset(frame, 0, FRAME);
    memcpy(frame, &length, sizeof length);
}

/* Sends a frame and waits for the echo; `times` are those of each way. */
static void ask(int socket, uint64_t *times, size_t count)
{
    char frame[FRAME];
    uint64_t stamps[2];
    fill(frame);
    for (size_t index = 0; index < count; index++) {
        stamps[0] = now();
        memcpy(frame + 4, stamps, sizeof stamps);
        write_all(socket, frame, FRAME);
        read_frame(socket, frame);
        memcpy(stamps, frame + 4, sizeof stamps);
        times[2 * index] = stamps[0];
        times[2 * index + 1] = now() - stamps[1];
    }
}

static void echo(int socket)
{
    char frame[FRAME];
    uint64_t stamps[2];
    for (;;) {
        read_frame(socket, frame);
        memcpy(stamps, frame + 4, sizeof stamps);
        stamps[1] = now();
        stamps[0] = stamps[1] - stamps[0];
        memcpy(frame + 4, stamps, sizeof stamps);
        write_all(socket, frame, FRAME);
    }
}

static pid_t child(void)
{
    pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

static void pair(int sockets[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0) fail("socketpair");
}

static void pingpong(size_t count)
{
    uint64_t *times = shared(2 * count * sizeof *times);
    int sockets[2];
    pair(sockets);
    pid_t pid = child();
    if (pid == 0) {
        close(sockets[0]);
        echo(sockets[1]);
    }
    ask(sockets[0], times, count);
    close(sockets[0]);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    print_times(times, 2 * count);
}

static struct { int to, back; volatile uint64_t stamp; uint64_t *times; size_t count; } threads;

static void await(int event)
{
    uint64_t value;
    if (read(event, &value, sizeof value) < 0) fail("read");
}

static void notify(int event)
{
    uint64_t one = 1;
    threads.stamp = now();
    if (write(event, &one, sizeof one) < 0) fail("write");
}

static void *other_thread(void *nothing)
{
    for (size_t index = 0; index < threads.count; index++) {
        await(threads.to);
        threads.times[2 * index] = now() - threads.stamp;
        notify(threads.back);
    }
    return nothing;
}

static void between_threads(size_t count)
{
    pthread_t thread;
    threads.to = eventfd(0, 0);
    threads.back = eventfd(0, 0);
    threads.count = count;
    threads.times = calloc(2 * count, sizeof *threads.times);
    pthread_create(&thread, NULL, other_thread, NULL);
    for (size_t index = 0; index < count; index++) {
        notify(threads.to);
        await(threads.back);
        threads.times[2 * index + 1] = now() - threads.stamp;
    }
    pthread_join(thread, NULL);
    print_times(threads.times, 2 * count);
}

/* A router: what comes from one pipe goes to the other, frame for frame, in one write for each read. */

static uv_pipe_t ends[2];
static char input[BUFFER];
typedef struct batch { uv_write_t request; char bytes[]; } batch;
static struct { char bytes[2 * BUFFER]; size_t size; } rest[2];

static void give(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
    (void)handle, (void)wanted;
    *buffer = uv_buf_init(input, sizeof input);
}

static void written(uv_write_t *request, int status)
{
    (void)status;
    free(request);
}

static void route(uv_stream_t *from, ssize_t size, const uv_buf_t *buffer)
{
    int side = from == (uv_stream_t *)&ends[1];
    if (size < 0) return uv_stop(from->loop);
    memcpy(rest[side].bytes + rest[side].size, buffer->base, (size_t)size);
    rest[side].size += (size_t)size;
    size_t whole = 0;
    for (uint32_t length; rest[side].size - whole >= 4; whole += 4 + length) {
        memcpy(&length, rest[side].bytes + whole, 4);
        if (rest[side].size - whole < 4 + length) break;
    }
    if (whole == 0) return;
    batch *forwarded = malloc(sizeof *forwarded + whole);
    memcpy(forwarded->bytes, rest[side].bytes, whole);
    memmove(rest[side].bytes, rest[side].bytes + whole, rest[side].size - whole);
    rest[side].size -= whole;
    uv_buf_t out = uv_buf_init(forwarded->bytes, (unsigned)whole);
    uv_write(&forwarded->request, (uv_stream_t *)&ends[1 - side], &out, 1, written);
}

/* Runs the router between two children until one of them ends. */
static void run_router(int left, int right)
{
    uv_loop_t *loop = uv_default_loop();
    int sockets[2] = { left, right };
    for (int side = 0; side < 2; side++) {
        uv_pipe_init(loop, &ends[side], 0);
        uv_pipe_open(&ends[side], sockets[side]);
        uv_read_start((uv_stream_t *)&ends[side], give, route);
    }
    uv_run(loop, UV_RUN_DEFAULT);
}

static void router(size_t count)
{
    uint64_t *times = shared(2 * count * sizeof *times);
    int left[2], right[2];
    pair(left);
    pair(right);
    pid_t echoer = child();
    if (echoer == 0) {
        close(left[0]), close(left[1]), close(right[0]);
        echo(right[1]);
    }
    pid_t asker = child();
    if (asker == 0) {
        close(left[0]), close(right[0]), close(right[1]);
        ask(left[1], times, count);
        _exit(0);
    }
    close(left[1]);
    close(right[1]);
    run_router(left[0], right[0]);
    kill(echoer, SIGKILL);
    waitpid(asker, NULL, 0);
    waitpid(echoer, NULL, 0);
    print_times(times, 2 * count);
}

static void stream(size_t count, size_t train)
{
    uint64_t *times = shared(2 * sizeof *times);
    int left[2], right[2];
    pair(left);
    pair(right);
    pid_t sink = child();
    if (sink == 0) {
        static char bytes[BUFFER];
        close(left[0]), close(left[1]), close(right[0]);
        for (size_t got = 0; got < count * FRAME;) {
            ssize_t size = read(right[1], bytes, sizeof bytes);
            if (size <= 0) _exit(1);
            got += (size_t)size;
        }
        times[1] = now();
        _exit(0);
    }
    pid_t source = child();
    if (source == 0) {
        close(left[0]), close(right[0]), close(right[1]);
        char *bytes = malloc(train * FRAME);
        for (size_t index = 0; index < train; index++) fill(bytes + index * FRAME);
        times[0] = now();
        for (size_t sent = 0; sent < count; sent += train) write_all(left[1], bytes, train * FRAME);
        pause();
    }
    close(left[1]);
    close(right[1]);
    run_router(left[0], right[0]);
    kill(source, SIGKILL);
    waitpid(source, NULL, 0);
    waitpid(sink, NULL, 0);
    printf("each %.2f\n", (double)(times[1] - times[0]) / (double)count);
}

int main(int argc, char **words)
{
    const char *what = argc > 2 ? words[1] : "";
    size_t last = argc > 2 ? strtoull(words[argc - 1], NULL, 10) : 0;
    if (strcmp(what, "call") == 0 && argc == 4) call(words[2], last);
    else if (strcmp(what, "copy") == 0 && argc == 4) copy(words[2], last);
    else if (strcmp(what, "ffi") == 0) ffi(last);
    else if (strcmp(what, "pingpong") == 0) pingpong(last);
    else if (strcmp(what, "threads") == 0) between_threads(last);
    else if (strcmp(what, "router") == 0) router(last);
    else if (strcmp(what, "stream") == 0 && argc == 4) stream(strtoull(words[2], NULL, 10), last);
    else {
        fputs("usage: see the first lines of limits.c\n", stderr);
        return 2;
    }
    return 0;
}
