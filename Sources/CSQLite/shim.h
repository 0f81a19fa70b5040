// SQLite, and what Swift cannot say of it.
#ifndef MARTLET_CSQLITE_SHIM_H
#define MARTLET_CSQLITE_SHIM_H
#include <pthread.h>
#include <sqlite3.h>

// sqlite3_config is variadic. Memory: no statistics (they cost a lock each malloc) and no lookaside slots (120 KB a connection).
// Threads: a connection is used by one thread at a time, so its mutexes are not needed.
static inline void martlet_sqlite_configure_now(void) {
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

// Once in a process, before the first connection; SQLite refuses it later, which is harmless.
static inline void martlet_sqlite_configure(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, martlet_sqlite_configure_now);
}

// sqlite3_db_config is variadic too.
static inline void martlet_sqlite_checkpoint_when_closed(sqlite3 *connection, int is_wanted) {
    (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !is_wanted, (int *)0);
}

// SQLITE_TRANSIENT is a cast of -1 to a function pointer. A pointer that is NULL would bind NULL instead of nothing.
static inline int martlet_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 size) {
    return sqlite3_bind_text64(statement, index, bytes ? (const char *)bytes : "", size, SQLITE_TRANSIENT, SQLITE_UTF8);
}
static inline int martlet_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 size) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", size, SQLITE_TRANSIENT);
}
#endif
