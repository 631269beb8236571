/* SPDX-License-Identifier: MIT */
/* A small result database to draw from, for the tests of figures. */
#ifndef TESTS_FIGURE_FIXTURE_H
#define TESTS_FIGURE_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/render.h"
#include "analysis/text.h"

/* The views of a result database, over tables that are easy to fill. */
static const char schema[] =
	"CREATE TABLE t_experiment(id INTEGER PRIMARY KEY, scenario, question,"
	" source);"
	"CREATE TABLE t_run(id INTEGER PRIMARY KEY, experiment INTEGER, seed,"
	" status);"
	"CREATE TABLE t_setting(experiment INTEGER, name, unit);"
	"CREATE TABLE t_metric(experiment INTEGER, name, unit);"
	"CREATE TABLE t_sample(run INTEGER, probe, t_ns, value);"
	"CREATE TABLE t_stall(run INTEGER, start_ns, duration_ns, waiter,"
	" cause, rescued_by);"
	"CREATE TABLE t_expect(experiment INTEGER, id, kind, metric, unit,"
	" low, high, value, ci_low, ci_high);"
	"CREATE TABLE t_figure(experiment INTEGER, name, spec);"
	"CREATE VIEW v_run AS SELECT r.id AS run, r.experiment AS experiment,"
	" e.scenario AS scenario, seed, status FROM t_run r JOIN t_experiment e"
	" ON e.id = r.experiment;"
	"CREATE VIEW v_setting AS SELECT r.id AS run, r.experiment AS"
	" experiment, s.name AS name, s.unit AS unit FROM t_run r"
	" JOIN t_setting s ON s.experiment = r.experiment;"
	"CREATE VIEW t_result_1 AS SELECT r.id AS run, r.experiment AS"
	" experiment, s.name AS metric, s.unit AS unit FROM t_run r"
	" JOIN t_metric s ON s.experiment = r.experiment;"
	"CREATE TABLE t_value(run INTEGER, metric, value);"
	"CREATE VIEW v_result AS SELECT t.*, (SELECT value FROM t_value v WHERE"
	" v.run = t.run AND v.metric = t.metric) AS value FROM t_result_1 t;"
	"CREATE VIEW v_sample AS SELECT run, probe, t_ns, value FROM t_sample;"
	"CREATE VIEW v_stall AS SELECT run, start_ns, duration_ns, waiter,"
	" '' AS awaited, cause, rescued_by FROM t_stall;"
	"CREATE VIEW v_expect AS SELECT * FROM t_expect;"
	"CREATE VIEW v_figure AS SELECT f.experiment AS experiment,"
	" e.scenario AS scenario, f.name AS name, spec, question, source"
	" FROM t_figure f JOIN t_experiment e ON e.id = f.experiment;";

/* Two policies, three costs, three seeds; rates are multiples of one number so
 * that means and intervals are known. Runs are numbered along the sweep, and
 * `sleep` comes first though `retries` does in the alphabet. */
static const char content[] =
	"INSERT INTO t_experiment VALUES(1, 'costs', 'How fast?', 'a mail');"
	"INSERT INTO t_setting VALUES(1, 'host.rest', ''),"
	" (1, 'host.cost', 'ns'), (1, 'guest.slots', '1');"
	"INSERT INTO t_metric VALUES(1, 'app.rate', 'pps'),"
	" (1, 'app.latency.p50', 'ns'), (1, 'app.latency.p99', 'ns'),"
	" (1, 'app.latency.p99.9', 'ns'), (1, 'app.latency.max', 'ns');"
	"CREATE TABLE costs(run INTEGER PRIMARY KEY, seed, \"host.rest\","
	" \"host.cost\", \"app.rate\", \"app.latency.p99.9\","
	" \"app.latency.p50\", \"app.latency.p99\", \"app.latency.max\");"
	"WITH rest(i, name) AS (VALUES(0, 'sleep'), (1, 'retries(20)')),"
	" cost(k, ns) AS (VALUES(0, 500.0), (1, 1000.0), (2, 2000.0)),"
	" seed(s) AS (VALUES(1), (2), (3))"
	" INSERT INTO costs SELECT 1 + 9 * i + 3 * k + s, s, name, ns,"
	" 50000.0 * (1 + i) * (1 + k) * s, 4000, 1000, 2000, 8000"
	" FROM rest, cost, seed;"
	"INSERT INTO t_run SELECT run, 1, seed, 'ok' FROM costs;"
	"INSERT INTO t_sample SELECT run, 'app.rate', 10000000 * w,"
	" 300000.0 * w FROM costs, (SELECT 1 AS w UNION SELECT 2 UNION"
	" SELECT 3) WHERE run < 12;"
	"INSERT INTO t_expect(experiment, id, kind, metric, unit, low, high)"
	" VALUES(1, 'E.low', 'fitted', 'app.rate', 'pps',"
	" 150000, 250000), (1, 'E.open', 'predicted', 'app.rate', 'pps',"
	" 900000, NULL), (1, 'E.low', 'fitted', 'app.rate', 'ratio', 1, 2);";

struct fixture {
	char folder[64], path[96];
	char *search; /* PATH, which a test may change */
	sqlite3 *sql;
	struct database db;
	struct figures figures;
	struct chart *chart;
	struct trouble trouble;
};

static void exec(struct fixture *f, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(f->sql, sql, NULL, NULL, &why))
		fail_msg("%s: %s", sql, why);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->search = strdup(getenv("PATH"));
	strcpy(f->folder, "/tmp/test_plot.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof f->path, "%s/test.db", f->folder);
	assert_int_equal(sqlite3_open(f->path, &f->sql), SQLITE_OK);
	exec(f, schema);
	exec(f, content);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];

	setenv("PATH", f->search, 1);
	free(f->search);
	chart_free(f->chart);
	figures_free(&f->figures);
	database_close(&f->db);
	sqlite3_close(f->sql);
	snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static void add_figure(struct fixture *f, const char *name, const char *spec)
{
	char *sql = sqlite3_mprintf("INSERT INTO t_figure VALUES(1, %Q, %Q)",
				    name, spec);

	exec(f, sql);
	sqlite3_free(sql);
}

/* Builds a figure's chart anew; NULL: f->trouble says why not. */
static struct chart *build_named(struct fixture *f, const char *name)
{
	unsigned i;

	chart_free(f->chart);
	figures_free(&f->figures);
	database_close(&f->db);
	f->chart = NULL;
	assert_true(database_open(&f->db, f->path, &f->trouble));
	assert_true(figures_read(&f->figures, &f->db, &f->trouble));
	for (i = 0; i < f->figures.n; i++)
		if (!strcmp(f->figures.all[i].name, name))
			f->chart = chart_build(&f->db, &f->figures.all[i],
					       &f->trouble);
	return f->chart;
}

static struct chart *build(struct fixture *f, const char *spec)
{
	exec(f, "DELETE FROM t_figure");
	add_figure(f, "it", spec);
	return build_named(f, "it");
}

/* For those who need it. */
static inline void add_stall(struct fixture *f, int run, double start_ms,
			     double duration_ms, const char *waiter,
			     const char *cause, const char *rescuer)
{
	char *sql = sqlite3_mprintf(
		"INSERT INTO t_stall VALUES(%d, %.0f, %.0f, %Q, %Q, %Q)", run,
		start_ms * 1e6, duration_ms * 1e6, waiter, cause, rescuer);

	exec(f, sql);
	sqlite3_free(sql);
}

static inline void assert_point(const struct point *pt, double x, double y)
{
	assert_float_equal(pt->x, x, 1e-6);
	assert_float_equal(pt->y, y, 1e-6);
}

/* Runs 2 to 4 are the seeds of sleep at 500ns, 5 to 7 those at 1us. */
#define AT_500 "\"at\":{\"host.rest\":\"sleep\",\"host.cost\":\"500ns\"}"
#define SLEEP  "\"at\":{\"host.rest\":\"sleep\"}"

#define RATE_BY_COST                                                           \
	"\"x\":\"host.cost\",\"y\":[\"app.rate\"],\"series\":[\"host.rest\"]"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
