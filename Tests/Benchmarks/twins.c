/* What C alone does with twins, to measure Martlet beside: jansson for the merge, SQLite for the disk. Prints a line `NAME VALUE` each.
 *
 *   twins merge TWIN PATCH OTHER COUNT    two patches in turns merged into the twin by jansson, in place, and after each its size counted:
 *                                         ns each
 *   twins parsed TWIN PATCH OTHER COUNT   the same, each patch parsed from its text
 *   twins rows FILE COUNT BATCH BYTES ROWS   COUNT rows of BYTES bytes into a new database at FILE, BATCH in one transaction; ROWS not 0:
 *                                         that many rows are there and are replaced in turns. Write-ahead log, synchronous=FULL.
 *                                         ns for each row, and the median of a transaction: p50 */
#include <jansson.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    fprintf(stderr, "twins: %s: %s\n", what, why);
    exit(1);
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!value) fail(text, error.text);
    return value;
}

/* As IoT Hub counts: the bytes of keys and strings, 8 for a number, 4 for a boolean. */
static size_t size(json_t *value)
{
    size_t sum = 0, index;
    const char *key;
    json_t *inner;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        json_object_foreach(value, key, inner) sum += strlen(key) + size(inner);
        return sum;
    case JSON_ARRAY:
        json_array_foreach(value, index, inner) sum += size(inner);
        return sum;
    case JSON_STRING: return json_string_length(value);
    case JSON_TRUE:
    case JSON_FALSE: return 4;
    case JSON_NULL: return 0;
    default: return 8;
    }
}

static void merge(json_t *twin, const char *texts[2], size_t count, int parsed)
{
    json_t *patches[2] = {parse(texts[0]), parse(texts[1])};
    volatile size_t total = 0;
    uint64_t start = now();
    for (size_t round = 0; round < count; round++) {
        json_t *patch = parsed ? parse(texts[round & 1]) : json_incref(patches[round & 1]);
        json_object_update_recursive(twin, patch);
        json_decref(patch);
        total += size(twin);
    }
    printf("each %.2f\n", (double)(now() - start) / (double)count);
}

static int by_size(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void run(sqlite3 *database, const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql, sqlite3_errmsg(database));
}

static void rows(const char *path, size_t count, size_t batch, size_t bytes, size_t slots)
{
    sqlite3 *database;
    sqlite3_stmt *put;
    char *body = malloc(bytes);
    uint64_t *times = malloc((count / batch + 1) * sizeof *times), start;
    size_t commits = 0, number = 0;
    if (!body || !times) fail(path, "no memory");
    memset(body, 'x', bytes);
    if (sqlite3_open(path, &database) != SQLITE_OK) fail(path, sqlite3_errmsg(database));
    run(database, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=256;"
                  "CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL)");
    sqlite3_prepare_v2(database, "INSERT OR REPLACE INTO rows VALUES (?, ?)", -1, &put, NULL);
    start = now();
    while (number < count) {
        uint64_t begin = now();
        run(database, "BEGIN");
        for (size_t index = 0; index < batch; index++, number++) {
            sqlite3_bind_int64(put, 1, (sqlite3_int64)(slots ? number % slots : number));
            sqlite3_bind_blob(put, 2, body, (int)bytes, SQLITE_STATIC);
            if (sqlite3_step(put) != SQLITE_DONE) fail(path, sqlite3_errmsg(database));
            sqlite3_reset(put);
        }
        run(database, "COMMIT");
        times[commits++] = now() - begin;
    }
    printf("each %.2f\n", (double)(now() - start) / (double)number);
    qsort(times, commits, sizeof *times, by_size);
    printf("p50 %llu\n", (unsigned long long)times[commits / 2]);
    sqlite3_finalize(put);
    sqlite3_close(database);
}

int main(int count, char **words)
{
    if (count == 6 && (strcmp(words[1], "merge") == 0 || strcmp(words[1], "parsed") == 0)) {
        const char *texts[2] = {words[3], words[4]};
        merge(parse(words[2]), texts, strtoull(words[5], NULL, 10), words[1][0] == 'p');
    } else if (count == 7 && strcmp(words[1], "rows") == 0) {
        rows(words[2], strtoull(words[3], NULL, 10), strtoull(words[4], NULL, 10), strtoull(words[5], NULL, 10),
             strtoull(words[6], NULL, 10));
    } else {
        fail("usage", "see the head of the source");
    }
    return 0;
}
