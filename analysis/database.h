/* SPDX-License-Identifier: MIT */
/*
 * The result database, opened so that nothing can be written, attached or read
 * but results. Scenarios bring SQL of their own (the line a figure is compared
 * with), and a scenario may come from a stranger: every statement of this
 * folder, ours and theirs, goes through the same narrow door. It admits SELECT
 * on the v_ views and on the one wide table that is being drawn, arithmetic and
 * aggregates, and it ends what takes too long.
 */
#ifndef ANALYSIS_DATABASE_H
#define ANALYSIS_DATABASE_H

#include <sqlite3.h>

#include "analysis/pool.h"
#include "analysis/trouble.h"

/* Stays where it is while it is open: the door knows its address. */
struct database {
	sqlite3 *sql;
	const char *path;
	const char *wide; /* the wide table that may be read; NULL: none */
	struct pool pool; /* owns the names */
	char **views;	  /* all there are, also those behind the v_ ones */
	unsigned n_views;
	bool refused;  /* the door has turned something away */
	bool unlogged; /* no other process had it open */
};

/* False: it cannot be read, or is no database of ringsim's. `path` is kept. */
bool database_open(struct database *db, const char *path, struct trouble *t);
/* Leaves the folder as it was. */
void database_close(struct database *db);

/* Shuts the door; part of opening. */
void database_guard(struct database *db);

/*
 * Compiles one statement; the parameters are texts, NULL at the end. The
 * caller finalizes it. NULL: it is wrong or not admitted; what is in `t` is
 * a clause that begins with SQLite's own words.
 */
sqlite3_stmt *database_prepare(struct database *db, struct trouble *t,
			       const char *text, ...) __attribute__((sentinel));

/* The next row? False: there is none, or reading failed, which is then said in
 * `t` (whose text is empty otherwise). */
bool database_step(struct database *db, sqlite3_stmt *row, struct trouble *t);

/* The text of a column, "" for NULL. As long as SQLite keeps it. */
const char *database_column(sqlite3_stmt *row, int column);

/* May `sql`, an expression of a scenario's, be looked at by SQLite at all? No
 * where it holds a WITH: a common table could take the name of a view. */
bool database_sql_is_plain(const char *sql);

#endif
