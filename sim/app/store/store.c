/* SPDX-License-Identifier: MIT */
/* The database as a file: opened, made, in transactions, in trouble. */
#include "sim/app/store/store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/memory.h"
#include "sim/app/store/store_inside.h"
#include "sim/app/store/store_schema.h"

/* How long to wait for somebody else's transaction, which lasts half a second
 * as a rule. */
#define BUSY_MS 10000

static const char *const statements[NUM_STATEMENTS] = {
	[ST_SET_STATUS] = "UPDATE t_run SET status = ?2, events = ?3,"
			  " sim_ns = ?4, wall_ns = ?5, trace_hash = ?6,"
			  " remark = nullif(?7, '')"
			  " WHERE id = ?1",
	[ST_PROBE] = "INSERT INTO t_probe(name) VALUES(?1)"
		     " ON CONFLICT DO UPDATE SET name = name RETURNING id",
	[ST_SAMPLE] = "INSERT OR REPLACE INTO t_sample VALUES(?1, ?2, ?3, ?4)",
	[ST_STALL] = "INSERT OR REPLACE INTO t_stall"
		     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[ST_STALL_EVENT] = "INSERT OR REPLACE INTO t_stall_event"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[ST_RUN_INSERT] = "INSERT OR IGNORE INTO"
			  " t_run(identity, seed, engine, version)"
			  " VALUES(?1, ?2, ?3, ?4)",
	[ST_RUN_FIND] = "SELECT id FROM t_run WHERE identity = ?1",
	[ST_MEMBER] = "INSERT INTO t_member VALUES(?1, ?2, ?3)",
	[ST_PARAMETER_INSERT] = "INSERT INTO t_parameter(name, unit)"
				" VALUES(?1, ?2) ON CONFLICT DO"
				" UPDATE SET name = name RETURNING id",
	[ST_SETTING] = "INSERT INTO t_setting VALUES(?1, ?2, ?3, ?4)",
	[ST_DESCRIBE] = "INSERT OR REPLACE INTO described"
			" VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
};

bool store_failed_because(struct store *st, const char *format, ...)
{
	va_list args;

	if (st->trouble[0])
		return false; /* the first says it all */
	va_start(args, format);
	vsnprintf(st->trouble, sizeof st->trouble, format, args);
	va_end(args);
	store_rollback(st);
	return false;
}

/* What SQLite says, with what the system said to SQLite if that helps. */
bool store_failed(struct store *st)
{
	const char *what = sqlite3_errmsg(st->db);
	int system = sqlite3_system_errno(st->db);

	switch (sqlite3_errcode(st->db)) {
	case SQLITE_BUSY:
		return store_failed_because(
			st, "the database %s is in use by another program",
			st->path);
	case SQLITE_FULL:
		return store_failed_because(
			st, "the disk is full: %s cannot grow", st->path);
	case SQLITE_NOTADB:
		return store_failed_because(st, "%s is not a database",
					    st->path);
	case SQLITE_CORRUPT:
		return store_failed_because(
			st, "the database %s is damaged; move it away",
			st->path);
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		if (system)
			what = strerror(system);
		else if (sqlite3_extended_errcode(st->db) == SQLITE_IOERR_WRITE)
			what = "it cannot be written; is the disk full, or is "
			       "there a limit on the size of files?";
		break;
	}
	return store_failed_because(st, "the database %s: %s", st->path, what);
}

const char *store_trouble(const struct store *st)
{
	return st->trouble;
}

sqlite3 *store_handle(struct store *st)
{
	return st->db;
}

const char *store_path(const struct store *st)
{
	return st->path;
}

sqlite3_stmt *store_prepare(struct store *st, char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (!sql)
		store_failed_because(st, "no memory left");
	else if (sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				    &stmt, NULL) != SQLITE_OK)
		store_failed(st);
	sqlite3_free(sql);
	return stmt;
}

sqlite3_stmt *store_statement(struct store *st, enum statement which)
{
	if (!st->prepared[which])
		st->prepared[which] = store_prepare(
			st, sqlite3_mprintf("%s", statements[which]));
	return st->prepared[which];
}

bool store_step(struct store *st, sqlite3_stmt *stmt)
{
	sqlite3_int64 ignored;

	return store_number(st, stmt, 0, &ignored);
}

bool store_number(struct store *st, sqlite3_stmt *stmt, sqlite3_int64 none,
		  sqlite3_int64 *out)
{
	int code;

	if (!stmt)
		return false;
	code = sqlite3_step(stmt);
	*out = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : none;
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		store_failed(st);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE || code == SQLITE_ROW;
}

bool store_exec(struct store *st, char *sql)
{
	int code = sql ? sqlite3_exec(st->db, sql, NULL, NULL, NULL)
		       : SQLITE_NOMEM;

	if (code != SQLITE_OK)
		store_failed(st);
	sqlite3_free(sql);
	return code == SQLITE_OK;
}

static bool exec(struct store *st, const char *sql)
{
	return store_exec(st, sqlite3_mprintf("%s", sql));
}

void store_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

void store_bind_identity(sqlite3_stmt *stmt, int at, struct identity id)
{
	unsigned char bytes[16];

	for (unsigned i = 0; i < 8; i++) {
		bytes[i] = (unsigned char)(id.high >> (56 - 8 * i));
		bytes[8 + i] = (unsigned char)(id.low >> (56 - 8 * i));
	}
	sqlite3_bind_blob(stmt, at, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

/* --- transactions ------------------------------------------------------- */

bool store_begin(struct store *st)
{
	return !sqlite3_get_autocommit(st->db) || exec(st, "BEGIN IMMEDIATE");
}

bool store_commit(struct store *st)
{
	return sqlite3_get_autocommit(st->db) || exec(st, "COMMIT");
}

void store_rollback(struct store *st)
{
	if (!sqlite3_get_autocommit(st->db))
		sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- making and opening ------------------------------------------------- */

static bool pragma_number(struct store *st, const char *name,
			  sqlite3_int64 *out)
{
	sqlite3_stmt *stmt =
		store_prepare(st, sqlite3_mprintf("PRAGMA %s", name));
	bool ok = store_number(st, stmt, 0, out);

	sqlite3_finalize(stmt);
	return ok;
}

static bool create_view(struct store *st, const struct store_view *view)
{
	char *query =
		view->query ? store_query(view->query, "t_member")
			    : sqlite3_mprintf("SELECT 0, 0, '', 0, '', 0.0, ''"
					      " WHERE 0");
	bool ok = query &&
		  store_exec(st,
			     sqlite3_mprintf("CREATE VIEW %s(%s) AS %s",
					     view->name, view->columns, query));
	sqlite3_stmt *describe = store_statement(st, ST_DESCRIBE);

	sqlite3_free(query);
	if (!ok || !describe)
		return false;
	store_bind_text(describe, 1, view->name);
	store_bind_text(describe, 2, "");
	store_bind_text(describe, 3, "view");
	store_bind_text(describe, 4, view->doc);
	store_bind_text(describe, 5, "");
	store_bind_text(describe, 6, "");
	return store_step(st, describe);
}

static bool create_schema(struct store *st)
{
	if (!exec(st, store_tables))
		return false;
	for (const struct store_view *v = store_views; v->name; v++)
		if (!create_view(st, v))
			return false;
	return store_exec(st,
			  sqlite3_mprintf("PRAGMA application_id = %d;"
					  "PRAGMA user_version = %d",
					  STORE_APPLICATION_ID, STORE_VERSION));
}

/* *empty: nobody has ever written to it. */
static bool is_ours(struct store *st, bool *empty)
{
	sqlite3_int64 application, version, pages;

	if (!pragma_number(st, "application_id", &application) ||
	    !pragma_number(st, "user_version", &version) ||
	    !pragma_number(st, "schema_version", &pages))
		return false;
	*empty = pages == 0;
	if (*empty)
		return true;
	if (application != STORE_APPLICATION_ID)
		return store_failed_because(
			st, "%s is a database, but not one of ringsim's",
			st->path);
	if (version != STORE_VERSION)
		return store_failed_because(
			st,
			"the database %s has tables of version %lld, and this "
			"ringsim knows version %d",
			st->path, version, STORE_VERSION);
	return true;
}

/* Somebody may be making the same database: who waits finds it made. */
static bool make_ready(struct store *st)
{
	bool empty;

	if (!is_ours(st, &empty))
		return false;
	if (!exec(st, "PRAGMA journal_mode = WAL") ||
	    !exec(st, "PRAGMA synchronous = NORMAL") || !store_begin(st))
		return false;
	if (!is_ours(st, &empty) || (empty && !create_schema(st)))
		return false;
	return store_commit(st);
}

static bool check_readable(struct store *st)
{
	bool empty;

	if (!is_ours(st, &empty))
		return false;
	if (empty)
		return store_failed_because(st, "%s is empty", st->path);
	return true;
}

static bool open_file(struct store *st, const char *name, int flags)
{
	int code = sqlite3_open_v2(name, &st->db, flags, NULL);

	if (!st->db)
		return store_failed_because(st, "no memory left");
	sqlite3_busy_timeout(st->db, BUSY_MS);
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return code == SQLITE_OK || store_failed(st);
}

/* A reader that may write takes the files of the log away when it is the last
 * to leave; SQLite itself falls back to reading where the file is protected. */
static bool open_to_read(struct store *st)
{
	return open_file(st, st->path, SQLITE_OPEN_READWRITE) &&
	       exec(st, "PRAGMA query_only = ON") && check_readable(st);
}

/* In a folder that is protected as a whole there cannot be a log, and nobody
 * can be writing. */
static bool open_protected(struct store *st)
{
	char *name = sqlite3_mprintf("file:%s?immutable=1", st->path);
	bool ok;

	sqlite3_close(st->db);
	st->db = NULL;
	st->trouble[0] = '\0';
	ok = name &&
	     open_file(st, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI) &&
	     check_readable(st);
	sqlite3_free(name);
	return ok;
}

static bool is_protected(const struct store *st)
{
	int code = st->db ? sqlite3_errcode(st->db) : SQLITE_NOMEM;

	return (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) &&
	       access(st->path, R_OK) == 0 && !strpbrk(st->path, "?#%");
}

static bool open_store(struct store *st, enum store_mode mode)
{
	if (mode == STORE_WRITE)
		return open_file(st, st->path,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) &&
		       make_ready(st);
	return open_to_read(st) || (is_protected(st) && open_protected(st));
}

struct store *store_open(const char *path, enum store_mode mode, char *why,
			 size_t why_size)
{
	struct store *st = mem_new(1, sizeof *st);

	st->path = mem_text(path);
	if (open_store(st, mode))
		return st;
	snprintf(why, why_size, "%s", st->trouble);
	store_close(st);
	return NULL;
}

void store_close(struct store *st)
{
	for (unsigned i = 0; i < NUM_STATEMENTS; i++)
		sqlite3_finalize(st->prepared[i]);
	if (st->db)
		store_rollback(st);
	sqlite3_close(st->db);
	free(st->path);
	free(st);
}
