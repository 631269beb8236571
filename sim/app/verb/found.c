/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/found.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/complaints.h"
#include "sim/app/exit.h"
#include "sim/app/memory.h"

struct store *found_store(const struct verb *v, const char *db, int *code)
{
	struct store *st;
	char why[512];

	if (access(db, F_OK) != 0) {
		*code = verb_misused(v,
				     "there is no database %s; ringsim run and "
				     "ringsim replay make one",
				     db);
		return NULL;
	}
	st = store_open(db, STORE_READ, why, sizeof why);
	if (!st) {
		fprintf(stderr, "ringsim: %s\n", why);
		*code = EXIT_MACHINE;
	}
	return st;
}

/* --- asking ------------------------------------------------------------- */

static int told_trouble(struct store *st)
{
	fprintf(stderr, "ringsim: the database %s: %s\n", store_path(st),
		sqlite3_errmsg(store_handle(st)));
	return EXIT_MACHINE;
}

sqlite3_stmt *found_ask(struct store *st, char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (!sql || sqlite3_prepare_v2(store_handle(st), sql, -1, &stmt, NULL))
		told_trouble(st);
	sqlite3_free(sql);
	return stmt;
}

int found_end(struct store *st, sqlite3_stmt *stmt)
{
	if (!stmt)
		return EXIT_MACHINE;
	return sqlite3_finalize(stmt) == SQLITE_OK ? EXIT_DONE
						   : told_trouble(st);
}

const char *found_text(sqlite3_stmt *stmt, int at)
{
	const char *text = (const char *)sqlite3_column_text(stmt, at);

	return text ? text : "";
}

/* --- runs --------------------------------------------------------------- */

bool found_is_run(const char *text, int64_t *run)
{
	long number;

	if (!option_number(text, 0, INT32_MAX, &number))
		return false;
	*run = number;
	return true;
}

static struct identity column_identity(sqlite3_stmt *stmt, int at)
{
	const unsigned char *bytes = sqlite3_column_blob(stmt, at);
	struct identity id = {0};

	if (sqlite3_column_bytes(stmt, at) != 16)
		return id;
	for (unsigned i = 0; i < 8; i++) {
		id.high = id.high << 8 | bytes[i];
		id.low = id.low << 8 | bytes[8 + i];
	}
	return id;
}

static void read_run(sqlite3_stmt *stmt, struct found_run *out)
{
	out->run = sqlite3_column_int64(stmt, 0);
	out->experiment = sqlite3_column_int64(stmt, 1);
	out->point = (unsigned)sqlite3_column_int64(stmt, 2);
	out->seed = (uint64_t)sqlite3_column_int64(stmt, 3);
	out->identity = column_identity(stmt, 4);
	out->status = mem_text((const char *)sqlite3_column_text(stmt, 5));
	out->scenario = mem_text(found_text(stmt, 6));
	out->path = mem_text(found_text(stmt, 7));
	out->engine = mem_text(found_text(stmt, 8));
}

int found_run(const struct verb *v, struct store *st, int64_t run,
	      struct found_run *out)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf(
			    "SELECT r.id, m.experiment, m.point,"
			    " r.seed, r.identity, r.status, e.scenario,"
			    " e.path, r.engine FROM t_run r JOIN t_member"
			    " m ON m.run = r.id JOIN t_experiment e ON e.id ="
			    " m.experiment WHERE r.id = %lld ORDER BY"
			    " m.experiment LIMIT 1",
			    (long long)run));
	bool there = stmt && sqlite3_step(stmt) == SQLITE_ROW;

	*out = (struct found_run){0};
	if (there)
		read_run(stmt, out);
	if (found_end(st, stmt) != EXIT_DONE)
		return EXIT_MACHINE;
	if (!there)
		return verb_misused(v, "there is no run %lld in %s",
				    (long long)run, store_path(st));
	return EXIT_DONE;
}

void found_run_free(struct found_run *r)
{
	free(r->status);
	free(r->scenario);
	free(r->path);
	free(r->engine);
}

/* --- scenarios ---------------------------------------------------------- */

/* A file's name without folder and ending. */
static char *scenario_name(const char *typed)
{
	const char *slash = strrchr(typed, '/');
	char *name = mem_text(slash ? slash + 1 : typed);
	size_t n = strlen(name);

	if (n > 5 && strcmp(name + n - 5, ".yaml") == 0)
		name[n - 5] = '\0';
	return name;
}

static int unknown(const struct verb *v, struct store *st, const char *name)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT scenario FROM t_experiment"));
	const char **all = NULL, *meant;
	unsigned n = 0;

	while (stmt && sqlite3_step(stmt) == SQLITE_ROW)
		*mem_push(all, n) = mem_text(found_text(stmt, 0));
	if (found_end(st, stmt) != EXIT_DONE)
		return EXIT_MACHINE;
	meant = did_you_mean(name, all, n);
	if (meant)
		verb_misused(v, "%s has no scenario %s; did you mean %s?",
			     store_path(st), name, meant);
	else
		verb_misused(v,
			     "%s has no scenario %s; ringsim list says what it "
			     "has",
			     store_path(st), name);
	for (unsigned i = 0; i < n; i++)
		free((char *)all[i]);
	free(all);
	return EXIT_USER;
}

int found_experiment(const struct verb *v, struct store *st, const char *typed,
		     int64_t *experiment, char **scenario)
{
	char *name = scenario_name(typed);
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT id, scenario FROM t_experiment"
				    " WHERE scenario = %Q",
				    name));
	bool there = stmt && sqlite3_step(stmt) == SQLITE_ROW;
	int code;

	if (there) {
		*experiment = sqlite3_column_int64(stmt, 0);
		*scenario = mem_text(found_text(stmt, 1));
	}
	code = found_end(st, stmt);
	if (code == EXIT_DONE && !there)
		code = unknown(v, st, name);
	free(name);
	return code;
}
