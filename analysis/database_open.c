/* SPDX-License-Identifier: MIT */
/* Opens a database to read, wherever it lies, and leaves no traces. */
#include <string.h>
#include <unistd.h>

#include "analysis/database.h"

static void set_up(sqlite3 *sql)
{
	sqlite3_busy_timeout(sql, 5000);
	sqlite3_db_config(sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* An unknown "column" is a mistake, not a text. */
	sqlite3_db_config(sql, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
}

static bool open_file(struct database *db, const char *name, int flags,
		      struct trouble *t)
{
	flags |= SQLITE_OPEN_READONLY;
	if (sqlite3_open_v2(name, &db->sql, flags, NULL))
		return trouble_machine(t, "%s: %s", db->path,
				       sqlite3_errmsg(db->sql));
	set_up(db->sql);
	return true;
}

static void add_view(struct database *db, sqlite3_stmt *row)
{
	db->views =
		pool_grow(&db->pool, db->views, db->n_views, sizeof *db->views);
	db->views[db->n_views++] =
		pool_text(&db->pool, "%s", database_column(row, 0));
}

/* Before the door is shut. Also the first that reads the file at all. */
static bool read_views(struct database *db, struct trouble *t)
{
	sqlite3_stmt *row = database_prepare(
		db, t, "SELECT name FROM sqlite_schema WHERE type = 'view'",
		NULL);

	if (!row) {
		trouble_place(t, "%s", db->path);
		return false;
	}
	while (database_step(db, row, t))
		add_view(db, row);
	sqlite3_finalize(row);
	return !t->text[0];
}

/* In a protected folder SQLite cannot lay down the log's index beside the
 * file; but there nobody can be writing either. */
static bool read_views_protected(struct database *db, struct trouble *t)
{
	char *name = pool_text(&db->pool, "file:%s?immutable=1", db->path);
	int code = sqlite3_errcode(db->sql);

	if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) ||
	    strpbrk(db->path, "?#%"))
		return false;
	sqlite3_close(db->sql);
	db->sql = NULL;
	return open_file(db, name, SQLITE_OPEN_URI, t) && read_views(db, t);
}

static bool is_result_database(struct database *db, struct trouble *t)
{
	sqlite3_stmt *row =
		database_prepare(db, t, "SELECT count(*) FROM v_figure", NULL);

	if (row) {
		sqlite3_finalize(row);
		return true;
	}
	trouble_place(t, "%s is not a database of ringsim's", db->path);
	return false;
}

static bool has_log(struct database *db)
{
	return !access(pool_text(&db->pool, "%s-wal", db->path), F_OK);
}

static bool open_checked(struct database *db, struct trouble *t)
{
	db->unlogged = !has_log(db);
	if (!open_file(db, db->path, 0, t))
		return false;
	if (!read_views(db, t) && !read_views_protected(db, t))
		return false;
	database_guard(db);
	return is_result_database(db, t);
}

bool database_open(struct database *db, const char *path, struct trouble *t)
{
	*db = (struct database){.path = path};
	if (access(path, F_OK))
		return trouble_user(t,
				    "there is no database %s; `ringsim run` "
				    "makes one",
				    path);
	if (open_checked(db, t))
		return true;
	database_close(db);
	return false;
}

/* Who may only read cannot take the log's files away again. Whoever may, does
 * so when he is the last to leave. */
static void take_log_away(struct database *db)
{
	sqlite3 *sql = NULL;

	if (!sqlite3_open_v2(db->path, &sql, SQLITE_OPEN_READWRITE, NULL))
		sqlite3_exec(sql, "SELECT 1 FROM sqlite_schema", NULL, NULL,
			     NULL);
	sqlite3_close(sql);
}

void database_close(struct database *db)
{
	bool opened = db->sql;

	sqlite3_close(db->sql);
	db->sql = NULL;
	if (opened && db->unlogged && has_log(db))
		take_log_away(db);
	pool_free(&db->pool);
}
