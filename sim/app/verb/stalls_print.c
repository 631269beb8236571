/* SPDX-License-Identifier: MIT */
/* Stalls as tables: of a run, and of all runs of a scenario. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/exit.h"
#include "sim/app/memory.h"
#include "sim/app/verb/show.h"
#include "sim/app/verb/stalls.h"
#include "sim/app/verb/table.h"

#define MAX_CHAINS 3  /* that are printed */
#define MAX_KINDS  10 /* of a point */

static void add_number(struct table *t, int64_t number)
{
	char *text = mem_format("%lld", (long long)number);

	table_add(t, text);
	free(text);
}

static const char *show_ns(double ns, char *out)
{
	struct estimate e = {ns, NAN, NAN, 1};

	return show_value(&e, "ns", out);
}

static void add_ns(struct table *t, double ns)
{
	char text[SHOWN];

	table_add(t, show_ns(ns, text));
}

static void add_rescuer(struct table *t, const char *by)
{
	table_add(t, *by ? by : "nothing: the run ended");
}

/* --- a run -------------------------------------------------------------- */

struct sum {
	int64_t lost, kept, ns;
};

/* Of all that the oracle counted: how many, and the time that was measured of
 * it. Those that are kept may have begun before that. */
static int read_sum(struct store *st, int64_t run, struct sum *s)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT count(*), sum(duration_ns),"
				    " (SELECT max(value) FROM v_result WHERE"
				    " run = %lld AND metric = 'run.stalls'),"
				    " (SELECT max(value) FROM v_result WHERE"
				    " run = %lld AND metric = 'run.stalled') *"
				    " (SELECT max(value) FROM v_setting WHERE"
				    " run = %lld AND name = 'run.measure')"
				    " FROM t_stall WHERE run = %lld",
				    (long long)run, (long long)run,
				    (long long)run, (long long)run));
	int64_t all = 0;

	*s = (struct sum){0};
	if (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		s->kept = sqlite3_column_int64(stmt, 0);
		s->ns = sqlite3_column_int64(stmt, 1);
		s->lost = sqlite3_column_int64(stmt, 2);
		all = sqlite3_column_int64(stmt, 3);
	}
	if (s->lost < s->kept)
		s->lost = s->kept;
	if (s->lost > s->kept && all > s->ns)
		s->ns = all;
	return found_end(st, stmt);
}

static void print_head(const struct found_run *r, const struct sum *s)
{
	char ns[SHOWN];

	printf("run %lld of %s, seed %llu: %lld %s lost", (long long)r->run,
	       r->scenario, (unsigned long long)r->seed, (long long)s->lost,
	       s->lost == 1 ? "wakeup" : "wakeups");
	if (s->lost > s->kept)
		printf(", of which the %lld longest were kept",
		       (long long)s->kept);
	printf("; %s asleep in vain\n\n", show_ns((double)s->ns, ns));
}

static void add_stall(struct table *t, sqlite3_stmt *stmt)
{
	char *start = mem_format("%.6f s",
				 (double)sqlite3_column_int64(stmt, 1) / 1e9);

	add_number(t, sqlite3_column_int64(stmt, 0));
	table_add(t, start);
	add_ns(t, (double)sqlite3_column_int64(stmt, 2));
	for (int i = 3; i < 6; i++)
		table_add(t, found_text(stmt, i));
	add_rescuer(t, found_text(stmt, 6));
	free(start);
}

static int print_stalls(struct store *st, int64_t run, long longest)
{
	static const char *const heads[] = {">stall",	 ">start",  ">for",
					    "waiter",	 "awaited", "cause",
					    "rescued by"};
	struct table *t = table_new(heads, 7, 6);
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT * FROM (SELECT stall, start_ns,"
				    " duration_ns, waiter, awaited, cause,"
				    " rescued_by FROM t_stall WHERE run = %lld"
				    " ORDER BY duration_ns DESC, stall"
				    " LIMIT %ld) ORDER BY stall",
				    (long long)run, longest));
	int code;

	while (stmt && sqlite3_step(stmt) == SQLITE_ROW)
		add_stall(t, stmt);
	code = found_end(st, stmt);
	if (code == EXIT_DONE)
		table_print(t, terminal_width(), stdout);
	table_free(t);
	return code;
}

/* Of each kind the longest, the longest kinds first. */
static int print_chains(struct store *st, int64_t run)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT stall, max(duration_ns) FROM"
				    " t_stall WHERE run = %lld GROUP BY waiter,"
				    " awaited, cause, rescued_by ORDER BY 2"
				    " DESC, 1 LIMIT %d",
				    (long long)run, MAX_CHAINS));
	int64_t stalls[MAX_CHAINS];
	unsigned n = 0;
	int code;

	while (stmt && n < MAX_CHAINS && sqlite3_step(stmt) == SQLITE_ROW)
		stalls[n++] = sqlite3_column_int64(stmt, 0);
	code = found_end(st, stmt);
	for (unsigned i = 0; code == EXIT_DONE && i < n; i++)
		code = stalls_chain(st, run, stalls[i]);
	return code;
}

static int nothing_lost(const struct found_run *r)
{
	if (!r->status)
		printf("run %lld has not been run yet\n", (long long)r->run);
	else if (strcmp(r->status, "crashed") == 0 ||
		 strcmp(r->status, "timeout") == 0)
		printf("run %lld ended as %s: what it lost is not known\n",
		       (long long)r->run, r->status);
	else
		printf("no wakeup was lost in run %lld\n", (long long)r->run);
	return EXIT_DONE;
}

int stalls_of_run(struct store *st, const struct found_run *r, long longest)
{
	struct sum s;
	int code = read_sum(st, r->run, &s);

	if (code != EXIT_DONE)
		return code;
	if (s.kept == 0)
		return nothing_lost(r);
	print_head(r, &s);
	code = print_stalls(st, r->run, longest);
	if (code == EXIT_DONE && s.kept > longest)
		printf("... and %lld shorter ones: --longest %lld\n",
		       (long long)s.kept - longest, (long long)s.kept);
	return code == EXIT_DONE ? print_chains(st, r->run) : code;
}

/* --- an experiment ------------------------------------------------------ */

/* `host.rest = sleep, host.packet_cost = 3 us`, of a point; "" if nothing is
 * swept. */
static char *settings_of(struct store *st, int64_t experiment, int64_t point)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT p.name, s.value, p.unit FROM"
				    " t_setting s JOIN t_parameter p ON p.id ="
				    " s.parameter WHERE s.experiment = %lld"
				    " AND s.point = %lld",
				    (long long)experiment, (long long)point));
	char *all = mem_text("");

	while (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		struct estimate e = {sqlite3_column_double(stmt, 1), NAN, NAN,
				     1};
		char number[SHOWN], *before = all;

		show_value(&e, found_text(stmt, 2), number);
		all = mem_format("%s%s%s = %s", before, *before ? ", " : "",
				 found_text(stmt, 0),
				 sqlite3_column_type(stmt, 1) == SQLITE_TEXT
					 ? found_text(stmt, 1)
					 : number);
		free(before);
	}
	found_end(st, stmt);
	return all;
}

static void add_kind(struct table *t, sqlite3_stmt *stmt)
{
	add_number(t, sqlite3_column_int64(stmt, 1));
	add_number(t, sqlite3_column_int64(stmt, 2));
	add_ns(t, sqlite3_column_double(stmt, 3));
	add_ns(t, sqlite3_column_double(stmt, 4));
	add_number(t, sqlite3_column_int64(stmt, 5));
	for (int i = 6; i < 9; i++)
		table_add(t, found_text(stmt, i));
	add_rescuer(t, found_text(stmt, 9));
}

/* Of a point: the kinds beyond MAX_KINDS. */
struct rest {
	int64_t kinds, stalls;
	double ns;
};

static void add_rest(struct table *t, struct rest *r)
{
	char ns[SHOWN];
	char *text;

	if (r->kinds > 0) {
		text = mem_format("... and %lld more kinds: %lld stalls, %s",
				  (long long)r->kinds, (long long)r->stalls,
				  show_ns(r->ns, ns));
		table_note(t, text);
		free(text);
	}
	*r = (struct rest){0};
}

static void add_point_title(struct table *t, struct store *st,
			    int64_t experiment, int64_t point)
{
	char *settings = settings_of(st, experiment, point);

	if (*settings)
		table_title(t, settings);
	free(settings);
}

static sqlite3_stmt *ask_kinds(struct store *st, int64_t experiment)
{
	return found_ask(
		st,
		sqlite3_mprintf("SELECT m.point, count(*),"
				" count(DISTINCT s.run), sum(s.duration_ns),"
				" max(s.duration_ns), s.run, s.waiter,"
				" s.awaited, s.cause, s.rescued_by FROM"
				" t_member m JOIN t_stall s ON s.run = m.run"
				" WHERE m.experiment = %lld GROUP BY m.point,"
				" s.waiter, s.awaited, s.cause, s.rescued_by"
				" ORDER BY 1, 4 DESC",
				(long long)experiment));
}

/* Returns the number of rows, or -1. */
static int add_kinds(struct table *t, struct store *st, int64_t experiment)
{
	sqlite3_stmt *stmt = ask_kinds(st, experiment);
	struct rest rest = {0};
	int64_t point = -1;
	int n = 0, of_point = 0;

	for (; stmt && sqlite3_step(stmt) == SQLITE_ROW; n++) {
		if (sqlite3_column_int64(stmt, 0) != point) {
			point = sqlite3_column_int64(stmt, 0);
			add_rest(t, &rest);
			add_point_title(t, st, experiment, point);
			of_point = 0;
		}
		if (of_point++ < MAX_KINDS) {
			add_kind(t, stmt);
			continue;
		}
		rest.kinds++;
		rest.stalls += sqlite3_column_int64(stmt, 1);
		rest.ns += sqlite3_column_double(stmt, 3);
	}
	add_rest(t, &rest);
	return found_end(st, stmt) == EXIT_DONE ? n : -1;
}

/* Runs, those with stalls, those with more than are kept. */
static sqlite3_stmt *ask_counts(struct store *st, int64_t experiment)
{
	return found_ask(
		st, sqlite3_mprintf(
			    "SELECT count(*), sum(kept > 0), sum(lost > kept)"
			    " FROM (SELECT (SELECT count(*) FROM"
			    " t_stall s WHERE s.run = m.run) AS kept,"
			    " (SELECT max(value) FROM v_result v WHERE"
			    " v.run = m.run AND v.metric ="
			    " 'run.stalls') AS lost FROM t_member m JOIN t_run "
			    "r ON r.id = m.run WHERE m.experiment = %lld AND "
			    "r.status"
			    " IS NOT NULL)",
			    (long long)experiment));
}

static int print_counts(struct store *st, int64_t experiment,
			const char *scenario)
{
	sqlite3_stmt *stmt = ask_counts(st, experiment);
	long long runs = 0, stalled = 0, full = 0;

	if (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		runs = sqlite3_column_int64(stmt, 0);
		stalled = sqlite3_column_int64(stmt, 1);
		full = sqlite3_column_int64(stmt, 2);
	}
	if (stalled)
		printf("%s: wakeups were lost in %lld of %lld runs\n", scenario,
		       stalled, runs);
	else
		printf("no wakeup was lost in the %lld runs of %s\n", runs,
		       scenario);
	if (full)
		printf("in %lld of them more than the %d longest, which are "
		       "kept\n",
		       full, ORACLE_STALLS);
	if (stalled)
		printf("\n");
	return found_end(st, stmt);
}

int stalls_of_experiment(struct store *st, int64_t experiment,
			 const char *scenario)
{
	static const char *const heads[] = {
		">stalls", ">runs",   ">time lost", ">longest",	 ">in run",
		"waiter",  "awaited", "cause",	    "rescued by"};
	struct table *t = table_new(heads, 9, 8);
	int n = add_kinds(t, st, experiment);
	int code =
		n < 0 ? EXIT_MACHINE : print_counts(st, experiment, scenario);

	if (code == EXIT_DONE && n > 0)
		table_print(t, terminal_width(), stdout);
	table_free(t);
	return code;
}
