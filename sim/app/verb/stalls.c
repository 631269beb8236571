/* SPDX-License-Identifier: MIT */
/* ringsim stalls: the lost wakeups of a run, and the events around them. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/verb/report.h"
#include "sim/app/verb/stalls.h"

enum { OPT_DB, OPT_LONGEST, OPT_JSON };

static const struct option_row rows[] = {
	[OPT_DB] = {"db", 'd', "FILE",
		    "The database; " DEFAULT_DB " if not given."},
	[OPT_LONGEST] = {"longest", 'n', "N",
			 "So many of a run, the longest; 20 if not given."},
	[OPT_JSON] = {"json", 0, NULL,
		      "Print an array with an object per stall, all of them."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"stalls", "RUN|SCENARIO [options]",
	"Prints the lost wakeups of a run: who slept although what it awaited "
	"was there,\nhow long, which step lost the notification, and what "
	"ended the sleep; then the\nevents that led in, and the one that led "
	"out. RUN is a number of v_run. Of a\nSCENARIO it prints who lost how "
	"many wakeups in all of its runs, and where.",
	rows};

struct choices {
	const char *db;
	long longest; /* 0: not given */
	bool json;
};

static int read_option(int which, struct choices *c)
{
	switch (which) {
	case OPT_DB:
		c->db = optarg;
		return EXIT_DONE;
	case OPT_LONGEST:
		if (option_number(optarg, 1, 1000000, &c->longest))
			return EXIT_DONE;
		return verb_misused(&verb,
				    "--longest %s: it wants a number from 1 to "
				    "1000000",
				    optarg);
	case OPT_JSON:
		c->json = true;
		return EXIT_DONE;
	}
	return EXIT_USER;
}

/* --- as JSON ------------------------------------------------------------ */

static json_t *json_stall(sqlite3_stmt *stmt)
{
	return json_pack(
		"{sI sI sI ss ss ss ss}", "run",
		(json_int_t)sqlite3_column_int64(stmt, 0), "start_ns",
		(json_int_t)sqlite3_column_int64(stmt, 1), "duration_ns",
		(json_int_t)sqlite3_column_int64(stmt, 2), "waiter",
		found_text(stmt, 3), "awaited", found_text(stmt, 4), "cause",
		found_text(stmt, 5), "rescued_by", found_text(stmt, 6));
}

int stalls_json(struct store *st, int64_t run, int64_t experiment, long longest)
{
	sqlite3_stmt *stmt = found_ask(
		st,
		sqlite3_mprintf("SELECT * FROM (SELECT run, start_ns,"
				" duration_ns, waiter, awaited, cause,"
				" rescued_by FROM v_stall WHERE run = %lld OR"
				" %lld < 0 AND run IN (SELECT run FROM v_run"
				" WHERE experiment = %lld)"
				" ORDER BY duration_ns DESC LIMIT %ld)"
				" ORDER BY run, start_ns, waiter",
				(long long)run, (long long)run,
				(long long)experiment, longest ? longest : -1));
	json_t *all = json_array();

	while (stmt && sqlite3_step(stmt) == SQLITE_ROW)
		json_array_append_new(all, json_stall(stmt));
	if (found_end(st, stmt) != EXIT_DONE) {
		json_decref(all);
		return EXIT_MACHINE;
	}
	json_print(all);
	return EXIT_DONE;
}

/* --- what is asked for -------------------------------------------------- */

static int about_run(struct store *st, int64_t number, const struct choices *c)
{
	struct found_run r;
	int code = found_run(&verb, st, number, &r);

	if (code == EXIT_DONE)
		code = c->json ? stalls_json(st, number, -1, c->longest)
			       : stalls_of_run(st, &r,
					       c->longest ? c->longest : 20);
	found_run_free(&r);
	return code;
}

static int about_scenario(struct store *st, const char *name,
			  const struct choices *c)
{
	char *scenario = NULL;
	int64_t experiment;
	int code = found_experiment(&verb, st, name, &experiment, &scenario);

	if (code == EXIT_DONE)
		code = c->json ? stalls_json(st, -1, experiment, c->longest)
			       : stalls_of_experiment(st, experiment, scenario);
	free(scenario);
	return code;
}

static int about(const char *what, const struct choices *c)
{
	int code = EXIT_DONE;
	struct store *st = found_store(&verb, c->db, &code);
	int64_t number;

	if (!st)
		return code;
	code = found_is_run(what, &number) ? about_run(st, number, c)
					   : about_scenario(st, what, c);
	store_close(st);
	return code;
}

int cmd_stalls(int argc, char **argv)
{
	struct choices c = {.db = DEFAULT_DB};
	int code = EXIT_DONE, which;

	while ((which = option_next(&verb, argc, argv, &code)) >= 0) {
		code = read_option(which, &c);
		if (code != EXIT_DONE)
			return code;
	}
	if (which == OPTION_EXIT)
		return code;
	if (optind == argc)
		return verb_misused(&verb, "which run? ringsim stalls SCENARIO "
					   "says in which wakeups were lost");
	if (optind + 1 < argc)
		return verb_misused(&verb, "%s is too much: it takes one run",
				    argv[optind + 1]);
	return about(argv[optind], &c);
}
