/* SPDX-License-Identifier: MIT */
/* What the store's own files share. */
#ifndef APP_STORE_INSIDE_H
#define APP_STORE_INSIDE_H

#include "sim/app/store/store.h"

enum statement {
	ST_SET_STATUS,
	ST_PROBE,
	ST_SAMPLE,
	ST_STALL,
	ST_STALL_EVENT,
	ST_RUN_INSERT,
	ST_RUN_FIND,
	ST_MEMBER,
	ST_PARAMETER_INSERT,
	ST_SETTING,
	ST_DESCRIBE,
	NUM_STATEMENTS
};

struct store {
	sqlite3 *db;
	char *path;
	char trouble[512];
	sqlite3_stmt *prepared[NUM_STATEMENTS];
};

/* Keeps SQLite's complaint as a sentence, rolls back, returns false. */
bool store_failed(struct store *st);
__attribute__((format(printf, 2, 3))) bool
store_failed_because(struct store *st, const char *format, ...);

/* One of the statements above, prepared once. NULL: failed. */
sqlite3_stmt *store_statement(struct store *st, enum statement which);
/* Prepares SQL made with sqlite3_mprintf(), which is freed. NULL: failed. */
sqlite3_stmt *store_prepare(struct store *st, char *sql);
/* Steps a statement that gives no rows, resets it. NULL fails. */
bool store_step(struct store *st, sqlite3_stmt *stmt);
/* Runs SQL made with sqlite3_mprintf(), which is freed. */
bool store_exec(struct store *st, char *sql);
/* The first column of the first row, `none` if there is no row; resets. */
bool store_number(struct store *st, sqlite3_stmt *stmt, sqlite3_int64 none,
		  sqlite3_int64 *out);

void store_bind_text(sqlite3_stmt *stmt, int at, const char *text);
void store_bind_identity(sqlite3_stmt *stmt, int at, struct identity id);

/* Parts of store_experiment(), in a transaction. */
bool store_find_set(struct store *st, struct experiment *exp); /* exp->set */
bool store_columns_described(struct store *st, const struct experiment *exp);
/* All rows of stage s, and its settings that are not swept. */
bool store_stage(struct store *st, const struct experiment *exp, unsigned s);
bool store_swept(struct store *st, const struct experiment *exp,
		 unsigned point);
bool store_create_wide(struct store *st, const struct experiment *exp);
bool store_stalls(struct store *st, int64_t run, const struct stalls *s);
bool store_prepare_runs(struct store *st, struct experiment *exp);

#endif
