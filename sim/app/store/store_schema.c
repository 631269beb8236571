/* SPDX-License-Identifier: MIT */
/*
 * How results lie in the database.
 *
 * Values are stored in one row per run, not one row per value: that is ten
 * times faster to write. Runs whose stages have the same columns share a table
 * t_values_<set>; v_result takes the rows apart again.
 */
#include "sim/app/store/store_schema.h"

#include <sqlite3.h>
#include <string.h>

const char store_tables[] =
	/* What names mean. scenario is '' for what belongs to the database. */
	"CREATE TABLE described(name TEXT, unit TEXT, kind TEXT, doc TEXT,"
	" source TEXT, scenario TEXT COLLATE NOCASE,"
	" PRIMARY KEY(name, scenario)) WITHOUT ROWID;"

	"CREATE TABLE t_experiment(id INTEGER PRIMARY KEY,"
	" scenario TEXT NOT NULL UNIQUE COLLATE NOCASE, path TEXT,"
	" question TEXT, source TEXT, content BLOB, columns INTEGER,"
	" points INTEGER, runs INTEGER, started INTEGER);"

	/* status is null while nobody has finished the run. */
	"CREATE TABLE t_run(id INTEGER PRIMARY KEY, identity BLOB UNIQUE,"
	" seed INTEGER, engine TEXT, version INTEGER, status TEXT,"
	" events INTEGER, sim_ns INTEGER, wall_ns INTEGER,"
	" trace_hash INTEGER, remark TEXT);"
	"CREATE TABLE t_member(experiment INTEGER, point INTEGER, run INTEGER,"
	" PRIMARY KEY(experiment, point, run)) WITHOUT ROWID;"
	"CREATE INDEX t_member_run ON t_member(run);"

	/* Settings that all points share stand at point -1. */
	"CREATE TABLE t_parameter(id INTEGER PRIMARY KEY, name TEXT,"
	" unit TEXT, UNIQUE(name, unit));"
	"CREATE TABLE t_setting(experiment INTEGER, point INTEGER,"
	" parameter INTEGER, value,"
	" PRIMARY KEY(experiment, point, parameter)) WITHOUT ROWID;"

	/* Values of a run are in t_values_<set>, column c<position>. */
	"CREATE TABLE t_set(id INTEGER PRIMARY KEY, identity BLOB UNIQUE,"
	" columns INTEGER);"
	"CREATE TABLE t_column(columns INTEGER, position INTEGER, metric TEXT,"
	" unit TEXT, PRIMARY KEY(columns, position)) WITHOUT ROWID;"
	"CREATE INDEX t_column_metric ON t_column(columns, metric);"

	"CREATE TABLE t_probe(id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
	"CREATE TABLE t_sample(run INTEGER, probe INTEGER, t_ns INTEGER,"
	" value REAL, PRIMARY KEY(run, probe, t_ns)) WITHOUT ROWID;"
	/* Stalls are numbered from 1 in the order of their start. */
	"CREATE TABLE t_stall(run INTEGER, stall INTEGER, start_ns INTEGER,"
	" duration_ns INTEGER, waiter TEXT, awaited TEXT, cause TEXT,"
	" rescued_by TEXT, PRIMARY KEY(run, stall)) WITHOUT ROWID;"
	/* What led in stands at ..., -2, -1, what led out at 1. */
	"CREATE TABLE t_stall_event(run INTEGER, stall INTEGER,"
	" position INTEGER, t_ns INTEGER, owner TEXT, event TEXT,"
	" value INTEGER, PRIMARY KEY(run, stall, position)) WITHOUT ROWID;"

	"CREATE TABLE t_expect(experiment INTEGER, position INTEGER, id TEXT,"
	" kind TEXT, metric TEXT, unit TEXT, low REAL, high REAL, value REAL,"
	" ci_low REAL, ci_high REAL, verdict TEXT, note TEXT, documented TEXT,"
	" known_miss TEXT, PRIMARY KEY(experiment, position)) WITHOUT ROWID;"
	"CREATE TABLE t_figure(experiment INTEGER, position INTEGER, name TEXT,"
	" spec TEXT, PRIMARY KEY(experiment, position)) WITHOUT ROWID;";

const struct store_view store_views[] = {
	{"v_run",
	 "run, experiment, scenario, seed, engine, status, events, sim_ns,"
	 " wall_ns, trace_hash",
	 "SELECT m.run, m.experiment, e.scenario, r.seed, r.engine, r.status,"
	 " r.events, r.sim_ns, r.wall_ns, printf('%016x', r.trace_hash)"
	 " FROM $member m JOIN t_experiment e ON e.id = m.experiment"
	 " JOIN t_run r ON r.id = m.run WHERE r.status IS NOT NULL",
	 "The finished runs, once for each experiment they belong to."},

	{"v_setting", "run, experiment, scenario, name, value, unit",
	 "SELECT m.run, m.experiment, e.scenario, p.name, s.value, p.unit"
	 " FROM $member m JOIN t_experiment e ON e.id = m.experiment"
	 " JOIN t_run r ON r.id = m.run"
	 " JOIN t_setting s ON s.experiment = m.experiment"
	 " AND s.point IN (-1, m.point)"
	 " JOIN t_parameter p ON p.id = s.parameter"
	 " WHERE r.status IS NOT NULL",
	 "Every parameter of every finished run, as a number in its unit, or "
	 "as text."},

	{"v_result", V_RESULT_COLUMNS, NULL,
	 "Every metric of every finished run; null where it is not defined."},

	{"v_sample", "run, probe, t_ns, value",
	 "SELECT s.run, p.name, s.t_ns, s.value FROM t_sample s"
	 " JOIN t_probe p ON p.id = s.probe"
	 " WHERE s.run IN (SELECT run FROM $member)",
	 "Series that a scenario keeps, a value for each window that ended at "
	 "t_ns of simulated time: the rate of a windowed metric, the mean of "
	 "a level, the count of a counter."},

	{"v_stall",
	 "run, start_ns, duration_ns, waiter, awaited, cause, rescued_by",
	 "SELECT run, start_ns, duration_ns, waiter, awaited, cause, rescued_by"
	 " FROM t_stall WHERE run IN (SELECT run FROM $member)",
	 "Lost wakeups: who waited for what, how long, why, and what ended "
	 "it."},

	{"v_stall_event", "run, stall, position, t_ns, owner, event, value",
	 "SELECT run, stall, position, t_ns, owner, event, value"
	 " FROM t_stall_event WHERE run IN (SELECT run FROM $member)",
	 "What led into a stall (position ..., -2, -1) and out of it (1), for "
	 "the longest of a run and the longest of each kind; stall counts a "
	 "run's stalls by start_ns, from 1."},

	{"v_expect",
	 "experiment, scenario, id, kind, metric, unit, low, high, value,"
	 " ci_low, ci_high, verdict, note",
	 "SELECT x.experiment, e.scenario, x.id, x.kind, x.metric, x.unit,"
	 " x.low, x.high, x.value, x.ci_low, x.ci_high, x.verdict, x.note"
	 " FROM t_expect x JOIN t_experiment e ON e.id = x.experiment",
	 "What a scenario expects, what came out, and the verdict."},

	{"v_figure", "experiment, scenario, name, spec, question, source",
	 "SELECT f.experiment, e.scenario, f.name, f.spec, e.question, e.source"
	 " FROM t_figure f JOIN t_experiment e ON e.id = f.experiment",
	 "The figures that scenarios ask for, as JSON."},

	{NULL, NULL, NULL, NULL},
};

char *store_query(const char *query, const char *member)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	const char *at;

	while ((at = strstr(query, "$member"))) {
		sqlite3_str_append(sql, query, (int)(at - query));
		sqlite3_str_appendall(sql, member);
		query = at + strlen("$member");
	}
	sqlite3_str_appendall(sql, query);
	return sqlite3_str_finish(sql);
}

/* A CASE looks at its branches one after the other, so it is made in two
 * steps of about the same length. */
#define CASE_STEP 16

static void append_value_of_position(sqlite3_str *sql, unsigned n)
{
	sqlite3_str_appendf(sql, "CASE c.position / %d", CASE_STEP);
	for (unsigned i = 0; i < n; i++) {
		if (i % CASE_STEP == 0)
			sqlite3_str_appendf(sql,
					    " WHEN %u THEN CASE c.position",
					    i / CASE_STEP);
		sqlite3_str_appendf(sql, " WHEN %u THEN v.c%u", i, i);
		if (i % CASE_STEP == CASE_STEP - 1 || i + 1 == n)
			sqlite3_str_appendall(sql, " END");
	}
	sqlite3_str_appendall(sql, n ? " END" : " WHEN 0 THEN 0 END");
}

char *store_result_query(long long set, unsigned n)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	sqlite3_str_appendall(sql, "SELECT m.run, m.experiment, e.scenario,"
				   " r.seed, c.metric, ");
	append_value_of_position(sql, n);
	sqlite3_str_appendf(sql,
			    ", c.unit FROM $member m"
			    " JOIN t_experiment e ON e.id = m.experiment"
			    " JOIN t_run r ON r.id = m.run"
			    " JOIN t_values_%lld v ON v.run = m.run"
			    " JOIN t_column c ON c.columns = %lld",
			    set, set);
	return sqlite3_str_finish(sql);
}
