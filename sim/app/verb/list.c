/* SPDX-License-Identifier: MIT */
/* ringsim list: what a database holds. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/memory.h"
#include "sim/app/verb/options.h"
#include "sim/app/store/store.h"
#include "sim/app/verb/table.h"

static const struct option_row rows[] = {
	{"db", 'd', "FILE", "The database; " DEFAULT_DB " if not given."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"list", "[--db FILE]",
	"Prints the experiments of a database: what they ask, how many runs "
	"are done, and\nhow these ended.",
	rows};

static const char query[] =
	"SELECT e.scenario, e.points, e.runs, count(r.status),"
	" (SELECT group_concat(n || ' ' || status, ', ') FROM (SELECT"
	"  count(*) AS n, r2.status AS status FROM t_member m2 JOIN t_run r2"
	"  ON r2.id = m2.run WHERE m2.experiment = e.id AND r2.status IS NOT"
	"  NULL GROUP BY r2.status ORDER BY r2.status = 'ok' DESC)),"
	" CAST(strftime('%s') AS INTEGER) - e.started,"
	" coalesce(e.question, '')"
	" FROM t_experiment e LEFT JOIN t_member m ON m.experiment = e.id"
	" LEFT JOIN t_run r ON r.id = m.run GROUP BY e.id ORDER BY e.id";

static char *age(sqlite3_int64 seconds)
{
	if (seconds < 120)
		return mem_format("%lld s", (long long)seconds);
	if (seconds < 7200)
		return mem_format("%lld min", (long long)seconds / 60);
	if (seconds < 48 * 3600)
		return mem_format("%lld h", (long long)seconds / 3600);
	return mem_format("%lld days", (long long)seconds / 86400);
}

static const char *text_at(sqlite3_stmt *stmt, int at)
{
	const char *text = (const char *)sqlite3_column_text(stmt, at);

	return text ? text : "";
}

static void add_experiment(struct table *t, sqlite3_stmt *stmt)
{
	char *since = age(sqlite3_column_int64(stmt, 5));
	char *done = mem_format("%lld of %lld",
				(long long)sqlite3_column_int64(stmt, 3),
				(long long)sqlite3_column_int64(stmt, 2));

	table_add(t, text_at(stmt, 0));
	table_add(t, text_at(stmt, 1));
	table_add(t, done);
	table_add(t, text_at(stmt, 4));
	table_add(t, since);
	table_add(t, text_at(stmt, 6));
	free(since);
	free(done);
}

static int print_list(struct store *st)
{
	static const char *const heads[] = {"scenario", ">points", ">runs done",
					    "ended as", ">age",	   "question"};
	struct table *t = table_new(heads, 6, 5);
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(store_handle(st), query, -1, &stmt, NULL);

	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		add_experiment(t, stmt);
	if (code == SQLITE_DONE)
		table_print(t, terminal_width(), stdout);
	else
		fprintf(stderr, "ringsim: the database %s: %s\n",
			store_path(st), sqlite3_errmsg(store_handle(st)));
	sqlite3_finalize(stmt);
	table_free(t);
	return code == SQLITE_DONE ? EXIT_DONE : EXIT_MACHINE;
}

static int list(const char *db)
{
	struct store *st;
	char why[512];
	int code;

	if (access(db, F_OK) != 0)
		return verb_misused(&verb,
				    "there is no database %s; ringsim run and "
				    "ringsim replay make one",
				    db);
	st = store_open(db, STORE_READ, why, sizeof why);
	if (!st) {
		fprintf(stderr, "ringsim: %s\n", why);
		return EXIT_MACHINE;
	}
	code = print_list(st);
	store_close(st);
	return code;
}

int cmd_list(int argc, char **argv)
{
	const char *db = DEFAULT_DB;
	int code = EXIT_DONE, which;

	while ((which = option_next(&verb, argc, argv, &code)) >= 0)
		db = optarg;
	if (which == OPTION_EXIT)
		return code;
	if (optind < argc)
		return verb_misused(&verb, "%s is too much: it takes no names",
				    argv[optind]);
	return list(db);
}
