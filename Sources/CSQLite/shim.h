#include <sqlite3.h>

// These take a variable number of arguments, which Swift cannot call.

// Must come before the first connection. Nobody asks for the memory statistics, which cost a lock
// and a sum at each allocation; and a tool needs fewer pages than SQLite would set aside at once.
static inline int csqlite_configure(void) {
    int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return code == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, 0) : code;
}

static inline int csqlite_enforce_foreign_keys(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_FKEY, 1, (int *)0);
}
