/* SPDX-License-Identifier: MIT */
/*
 * dump_db FILE: all that a database says, as text, but for what may differ
 * between two that were made in different ways: how long runs took.
 * dump_db FILE --count: how many runs are finished; 0 if there is no database.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/app/store/store.h"

static bool print(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const unsigned char *text =
				sqlite3_column_text(stmt, i);

			printf("%s%c", text ? (const char *)text : "null",
			       i + 1 < sqlite3_column_count(stmt) ? '|' : '\n');
		}
	sqlite3_finalize(stmt);
	if (code != SQLITE_DONE)
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
	return code == SQLITE_DONE;
}

static bool dump_wide_tables(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = true;

	sqlite3_prepare_v2(db, "SELECT scenario FROM t_experiment ORDER BY id",
			   -1, &stmt, NULL);
	while (ok && sqlite3_step(stmt) == SQLITE_ROW) {
		char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"",
					    sqlite3_column_text(stmt, 0));

		ok = print(db, sql);
		sqlite3_free(sql);
	}
	return sqlite3_finalize(stmt) == SQLITE_OK && ok;
}

static bool dump(sqlite3 *db)
{
	static const char *const queries[] = {
		"PRAGMA integrity_check",
		("SELECT run, experiment, scenario, seed, engine, status,"
		 " events, sim_ns, trace_hash FROM v_run ORDER BY 2, 1"),
		"SELECT * FROM v_setting ORDER BY 2, 1, 4",
		"SELECT * FROM v_result ORDER BY 2, 1, 5",
		"SELECT * FROM v_sample ORDER BY 1, 2, 3",
		"SELECT * FROM v_stall ORDER BY 1, 2",
		"SELECT * FROM v_expect ORDER BY 1, 3, 5",
		"SELECT * FROM v_figure ORDER BY 1, 3",
		"SELECT * FROM described ORDER BY 1, 6"};

	for (unsigned i = 0; i < sizeof queries / sizeof *queries; i++)
		if (!print(db, queries[i]))
			return false;
	return dump_wide_tables(db);
}

int main(int argc, char **argv)
{
	bool count = argc == 3 && strcmp(argv[2], "--count") == 0, ok;
	struct store *st;
	char why[512];

	if (argc != 2 && !count) {
		fputs("usage: dump_db FILE [--count]\n", stderr);
		return 2;
	}
	st = store_open(argv[1], STORE_READ, why, sizeof why);
	if (!st) {
		if (count)
			puts("0");
		else
			fprintf(stderr, "%s\n", why);
		return !count;
	}
	ok = count ? print(store_handle(st), "SELECT count(*) FROM v_run")
		   : dump(store_handle(st));
	store_close(st);
	return !ok;
}
