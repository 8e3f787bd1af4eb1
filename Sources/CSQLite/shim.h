// Settings of an SQLite connection that have no PRAGMA; `sqlite3_db_config` takes a variable number
// of arguments, which Swift cannot call.

#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

/// Forbids SQL to damage the file that it works on, and bounds what a file may cost: `length` bytes
/// of a row or a text, `sql_length` bytes and `columns` columns of a statement or a table, `depth`
/// levels of an expression. No other database can be attached, and triggers start no triggers.
/// Returns whether the library has the setting.
///
/// Source: sqlite.org, "Defense Against The Dark Arts", "Run-Time Limits".
static inline int csqlite_harden(
    sqlite3 *connection, int length, int sql_length, int columns, int depth) {
  sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, length);
  sqlite3_limit(connection, SQLITE_LIMIT_SQL_LENGTH, sql_length);
  sqlite3_limit(connection, SQLITE_LIMIT_COLUMN, columns);
  sqlite3_limit(connection, SQLITE_LIMIT_EXPR_DEPTH, depth);
  sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(connection, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  int is_defensive = 0;
  int code = sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, &is_defensive);
  return code == SQLITE_OK && is_defensive == 1;
}

/// Whether the connection is defensive.
static inline int csqlite_is_defensive(sqlite3 *connection) {
  int value = 0;
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, -1, &value);
  return value;
}

/// The limits on the bytes of a row, the bytes of a statement and the columns of a table.
static inline int csqlite_length_limit(sqlite3 *connection) {
  return sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, -1);
}
static inline int csqlite_sql_length_limit(sqlite3 *connection) {
  return sqlite3_limit(connection, SQLITE_LIMIT_SQL_LENGTH, -1);
}
static inline int csqlite_column_limit(sqlite3 *connection) {
  return sqlite3_limit(connection, SQLITE_LIMIT_COLUMN, -1);
}

#endif
