/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "analysis/database.h"

/* Steps of SQLite's machine after which a statement is given up: some seconds,
 * a thousand times what a figure takes. */
#define PROGRESS_STEPS 100000
#define PROGRESS_LIMIT 5000

/* What an expression may call: nothing that allocates by the gigabyte, reads
 * files or loads code. */
static const char *const functions[] = {
	"abs",	 "avg",	   "ceil", "ceiling", "coalesce", "count",  "exp",
	"floor", "ifnull", "iif",  "ln",      "log",	  "log10",  "log2",
	"max",	 "min",	   "mod",  "nullif",  "pow",	  "power",  "round",
	"sign",	 "sqrt",   "sum",  "total",   "trunc",	  "typeof",
};

static bool function_admitted(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof functions / sizeof *functions; i++)
		if (!strcasecmp(functions[i], name))
			return true;
	return false;
}

static bool table_admitted(const struct database *db, const char *table)
{
	return !strncasecmp(table, "v_", 2) || !strcasecmp(table, "this") ||
	       (db->wide && !strcasecmp(table, db->wide));
}

static bool is_view(const struct database *db, const char *name)
{
	unsigned i;

	for (i = 0; i < db->n_views; i++)
		if (!strcasecmp(db->views[i], name))
			return true;
	return false;
}

/*
 * SQLite asks about each part of a statement. `within` is the view that is
 * being expanded: what a view of the store's own does is its own affair (and
 * only they have names of views, see database_sql_is_plain()). A
 * table that is joined within a view while none of its columns is taken comes
 * without the view's name and with "" as its column, so how many rows a table
 * has is no secret.
 */
static int door(void *context, int action, const char *first,
		const char *second, const char *base, const char *within)
{
	struct database *db = context;

	(void)base;
	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	if (within && is_view(db, within) &&
	    (action == SQLITE_READ || action == SQLITE_FUNCTION ||
	     action == SQLITE_RECURSIVE))
		return SQLITE_OK;
	if (action == SQLITE_READ && (table_admitted(db, first) || !*second))
		return SQLITE_OK;
	if (action == SQLITE_FUNCTION && function_admitted(second))
		return SQLITE_OK;
	db->refused = true;
	return SQLITE_DENY;
}

static int count_steps(void *context)
{
	unsigned *steps = context;

	return ++*steps > PROGRESS_LIMIT;
}

static bool nothing_follows(const char *rest)
{
	while (isspace((unsigned char)*rest) || *rest == ';')
		rest++;
	return !*rest;
}

void database_guard(struct database *db)
{
	sqlite3_set_authorizer(db->sql, door, db);
}

static bool refuse(struct database *db, struct trouble *t)
{
	int code = sqlite3_errcode(db->sql);

	if (code != SQLITE_ERROR && code != SQLITE_AUTH &&
	    code != SQLITE_NOTADB)
		return trouble_machine(t, "%s: %s", db->path,
				       sqlite3_errmsg(db->sql));
	if (db->refused)
		return trouble_user(t,
				    "%s: only the views v_… and the "
				    "experiment's own table can be read, with "
				    "plain arithmetic",
				    sqlite3_errmsg(db->sql));
	return trouble_user(t, "%s", sqlite3_errmsg(db->sql));
}

sqlite3_stmt *database_prepare(struct database *db, struct trouble *t,
			       const char *text, ...)
{
	sqlite3_stmt *row = NULL;
	const char *rest, *value;
	va_list values;
	int i = 1;

	db->refused = false;
	if (sqlite3_prepare_v2(db->sql, text, -1, &row, &rest)) {
		refuse(db, t);
		return NULL;
	}
	if (!nothing_follows(rest)) {
		sqlite3_finalize(row);
		trouble_user(t, "more than one statement");
		return NULL;
	}
	va_start(values, text);
	while ((value = va_arg(values, const char *)))
		sqlite3_bind_text(row, i++, value, -1, SQLITE_TRANSIENT);
	va_end(values);
	return row;
}

bool database_step(struct database *db, sqlite3_stmt *row, struct trouble *t)
{
	unsigned steps = 0;
	int result;

	t->text[0] = '\0';
	sqlite3_progress_handler(db->sql, PROGRESS_STEPS, count_steps, &steps);
	result = sqlite3_step(row);
	sqlite3_progress_handler(db->sql, 0, NULL, NULL);
	if (result == SQLITE_INTERRUPT)
		return trouble_user(t, "the question to the database takes "
				       "too long");
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return trouble_machine(t, "%s: %s", db->path,
				       sqlite3_errmsg(db->sql));
	return result == SQLITE_ROW;
}

const char *database_column(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return text ? text : "";
}

bool database_sql_is_plain(const char *sql)
{
	const char *p = sql;

	for (; *p; p++) {
		bool starts = p == sql || !isalnum((unsigned char)p[-1]);

		if (starts && !strncasecmp(p, "with", 4) &&
		    !isalnum((unsigned char)p[4]) && p[4] != '_')
			return false;
	}
	return true;
}
