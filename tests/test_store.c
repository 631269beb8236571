/* SPDX-License-Identifier: MIT */
/*
 * The database: what goes in comes out, in whatever order it went in; what is
 * there is not asked for again; trouble is one sentence and loses nothing.
 */
#include "tests/made_up.h"

#include <sys/stat.h>

/* Everything a query gives, as text. */
static char *ask(struct store *st, const char *sql)
{
	sqlite3_str *text = sqlite3_str_new(NULL);
	sqlite3_stmt *stmt;
	char *answer;

	if (sqlite3_prepare_v2(store_handle(st), sql, -1, &stmt, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(store_handle(st)));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			sqlite3_str_appendf(text, "%s%s", i ? "|" : "",
					    sqlite3_column_text(stmt, i));
		sqlite3_str_appendall(text, "\n");
	}
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	answer = sqlite3_str_finish(text);
	return answer ? answer : sqlite3_mprintf("");
}

static void says(struct store *st, const char *sql, const char *answer)
{
	char *said = ask(st, sql);

	assert_string_equal(said, answer);
	sqlite3_free(said);
}

static char *everything(struct store *st)
{
	static const char *const queries[] = {
		"SELECT * FROM v_run ORDER BY 1, 2",
		"SELECT * FROM v_setting ORDER BY 1, 2, 4",
		"SELECT * FROM v_result ORDER BY 1, 2, 5",
		"SELECT * FROM v_sample ORDER BY 1, 2, 3",
		"SELECT * FROM v_stall ORDER BY 1, 2",
		"SELECT * FROM v_stall_event ORDER BY 1, 2, 3",
		"SELECT * FROM v_expect ORDER BY 1, 3, 5",
		"SELECT * FROM described ORDER BY 1, 6",
		"SELECT * FROM x"};
	char *all = sqlite3_mprintf("");

	for (unsigned i = 0; i < sizeof queries / sizeof *queries; i++) {
		char *more = ask(st, queries[i]);
		char *longer = sqlite3_mprintf("%s%s", all, more);

		sqlite3_free(more);
		sqlite3_free(all);
		all = longer;
	}
	return all;
}

/* --- what goes in comes out --------------------------------------------- */

static void views_and_wide_table(void **state)
{
	struct scenario *sc = load(*state, "x", PATH SWEEP EXPECT);
	struct store *st = open_db(*state);
	struct experiment *exp = plan(st, sc);

	assert_int_equal(exp->n_runs, 12);
	run_all(st, exp, false);
	says(st, "SELECT * FROM v_run WHERE run = 2",
	     "2|1|x|2|native|ok|7|41000000|5|fedcba9876543210\n");
	says(st,
	     "SELECT value, unit FROM v_setting WHERE run = 4 AND name IN"
	     " ('host.packet_cost', 'host.rest', 'host.mode')"
	     " ORDER BY name",
	     "bh|\n1000.0|ns\nretries(3)|\n");
	says(st,
	     "SELECT run, seed, \"host.packet_cost\", \"host.rest\","
	     " \"app.rate\" FROM x WHERE run IN (1, 12)",
	     "1|1|1000.0|sleep|10.0\n12|3|2000.0|retries(3)|3030.0\n");
	says(st,
	     "SELECT count(*), count(DISTINCT metric), count(value) ="
	     " count(*) - 12 FROM v_result",
	     "780|65|1\n");
	says(st,
	     "SELECT value, unit FROM v_result WHERE run = 12 AND metric ="
	     " 'app.rate.p1'",
	     "3031.0|pps\n");
	says(st,
	     "SELECT t_ns, value FROM v_sample WHERE run = 3 AND probe ="
	     " 'app.rate'",
	     "11000000|3.0\n21000000|4.0\n31000000|5.0\n41000000|6.0\n");
	says(st,
	     "SELECT unit, kind FROM described WHERE name IN ('app.rate',"
	     " 'host.packet_cost', 'v_run') ORDER BY name",
	     "pps|metric\nns|parameter\n|view\n");
	says(st, "SELECT id, low, high, verdict FROM v_expect",
	     "X.one|3000.0|4000.0|\nX.two|||\n");
	unplan(exp);
	store_close(st);
	scenario_free(sc);
}

static void stalls_and_their_chains(void **state)
{
	struct scenario *sc = load(*state, "x", PATH SWEEP EXPECT);
	struct store *st = open_db(*state);
	struct experiment *exp = plan(st, sc);

	run_all(st, exp, false);
	says(st, "SELECT count(*), count(DISTINCT run) FROM v_stall", "8|4\n");
	says(st, "SELECT * FROM v_stall WHERE run = 5",
	     "5|2000|3001|writer|slots|coalesced into a pending one|a timer\n"
	     "5|7000|40993000|writer|slots|coalesced into a pending one|\n");
	says(st, "SELECT * FROM v_stall_event WHERE run = 5",
	     "5|1|-2|1000|writer|arm|5\n"
	     "5|1|-1|2000|peer|put|6\n"
	     "5|1|1|5000|peer|timer|0\n");
	unplan(exp);
	store_close(st);
	scenario_free(sc);
}

static void append(void *all, const char *remark)
{
	strcat(all, remark);
	strcat(all, "\n");
}

static void each_remark_once(void **state)
{
	struct scenario *sc = load(*state, "x", PATH SWEEP EXPECT);
	struct store *st = open_db(*state);
	struct experiment *exp = plan(st, sc);
	char all[200] = "";

	assert_true(store_remarks(st, exp, append, all));
	assert_string_equal(all, "");
	run_all(st, exp, true);
	assert_true(store_remarks(st, exp, append, all));
	assert_string_equal(all, "host: it is point 0\nhost: it is point 1\n");
	unplan(exp);
	store_close(st);
	scenario_free(sc);
}

/* Workers finish in any order, and a sweep may be killed and resumed. */
static void order_leaves_no_trace(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH SWEEP EXPECT);
	char *dumps[2];

	for (int backwards = 0; backwards < 2; backwards++) {
		struct store *st = open_db(p);
		struct experiment *exp = plan(st, sc);

		run_all(st, exp, backwards);
		dumps[backwards] = everything(st);
		unplan(exp);
		store_close(st);
		unlink(p->db);
	}
	assert_string_equal(dumps[0], dumps[1]);
	sqlite3_free(dumps[0]);
	sqlite3_free(dumps[1]);
	scenario_free(sc);
}

static void what_is_there_is_not_wanted_again(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH SWEEP EXPECT);
	struct wanted_run *all;
	char *before, *after;

	for (int round = 0; round < 2; round++) {
		struct store *st = open_db(p);
		struct experiment *exp = plan(st, sc);
		unsigned n = wanted(st, exp, &all);

		assert_int_equal(n, round == 0 ? 12 : 7);
		for (unsigned i = 0; i < (round == 0 ? 5 : 7); i++)
			assert_true(add_result(st, exp, &all[i], RUN_OK));
		if (round == 0)
			assert_true(store_commit(st));
		before = everything(st);
		assert_true(store_commit(st));
		free(all);
		unplan(exp);
		exp = plan(st, sc);
		after = everything(st);
		assert_string_equal(before, after);
		sqlite3_free(before);
		sqlite3_free(after);
		unplan(exp);
		store_close(st);
	}
	scenario_free(sc);
}

static void open_batch_is_lost_and_nothing_else(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH SWEEP);
	struct store *st = open_db(p);
	struct experiment *exp = plan(st, sc);
	struct wanted_run *all;

	wanted(st, exp, &all);
	assert_true(add_result(st, exp, &all[0], RUN_OK));
	assert_true(store_commit(st));
	assert_true(add_result(st, exp, &all[1], RUN_OK));
	unplan(exp);
	store_close(st); /* rolls back */
	free(all);

	st = open_db(p);
	says(st, "SELECT run FROM v_run", "1\n");
	says(st, "SELECT run FROM x", "1\n");
	says(st, "SELECT count(*) FROM v_sample", "4\n");
	store_close(st);
	scenario_free(sc);
}

/* The file has changed: the experiment is another one of the same number, and
 * what both have in common is not run again. */
static void a_changed_file_replaces_the_experiment(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH SWEEP EXPECT), *other;
	struct store *st = open_db(p);
	struct experiment *exp = plan(st, sc);
	struct wanted_run *all;

	run_all(st, exp, false);
	unplan(exp);
	other = load(p, "x", PATH "sweep:\n  host.packet_cost: [2us, 3us]\n");
	exp = plan(st, other);
	assert_int_equal(exp->id, 1);
	assert_int_equal(wanted(st, exp, &all), 3);
	assert_int_equal(all[0].point, 1);
	free(all);
	says(st, "SELECT count(*), min(\"host.packet_cost\") FROM x",
	     "3|2000.0\n");
	says(st, "SELECT count(*) FROM v_expect", "0\n");
	unplan(exp);

	exp = plan(st, sc); /* and back */
	assert_int_equal(wanted(st, exp, &all), 0);
	says(st, "SELECT count(*) FROM x", "12\n");
	says(st, "SELECT count(*) FROM t_run", "12\n");
	unplan(exp);
	store_close(st);
	scenario_free(sc);
	scenario_free(other);
}

static void a_run_may_belong_to_two_experiments(void **state)
{
	struct place *p = *state;
	struct scenario *x = load(p, "x", PATH SWEEP);
	struct scenario *y = load(p, "y",
				  PATH "sweep: {host.packet_cost: "
				       "[2us, 4us]}\n");
	struct store *st = open_db(p);
	struct experiment *ex = plan(st, x), *ey = plan(st, y);
	struct wanted_run *all;

	run_all(st, ex, false);
	assert_int_equal(wanted(st, ey, &all), 3);
	free(all);
	assert_true(store_fill(st, ey) && store_commit(st));
	says(st, "SELECT count(*), max(\"host.packet_cost\") FROM y",
	     "3|2000.0\n");
	says(st, "SELECT scenario, count(*) FROM v_run GROUP BY 1",
	     "x|12\ny|3\n");
	says(st, "SELECT scenario, count(*) FROM v_result GROUP BY 1",
	     "x|780\ny|195\n");
	unplan(ex);
	unplan(ey);
	store_close(st);
	scenario_free(x);
	scenario_free(y);
}

/* A point that is named twice is run once. */
static void twins(void **state)
{
	struct scenario *sc = load(
		*state, "x", PATH "sweep: {host.packet_cost: [1us, 2us]}\n");
	struct experiment *exp;
	char *second = sc->points[1].values[0];

	sc->points[1].values[0] = sc->points[0].values[0];
	exp = experiment_plan(sc);
	assert_int_equal(exp->points[1].twin, 0);
	assert_int_equal(exp->n_runs, 3);
	experiment_free(exp);
	sc->points[1].values[0] = second;
	scenario_free(sc);
}

static void identity_is_of_what_matters(void **state)
{
	static const char *const same[] = {"run.timeout=9s", "run.seeds=7",
					   "run.seed=4"};
	static const char *const other[] = {"run.measure=41ms",
					    "host.packet_cost=1.001us",
					    "host.mode=timer"};
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH);
	struct experiment *exp = experiment_plan(sc);

	for (unsigned i = 0; i < 6; i++) {
		char *set = strdup(i < 3 ? same[i] : other[i - 3]);
		struct complaints c = {0};
		struct scenario *sc2 = scenario_load(sc->path, &set, 1, &c);
		struct experiment *exp2;

		complaints_print(&c, stderr);
		assert_non_null(sc2);
		exp2 = experiment_plan(sc2);
		assert_int_equal(identity_equal(exp->points[0].identity,
						exp2->points[0].identity),
				 i < 3);
		assert_false(identity_equal(exp->content, exp2->content));
		experiment_free(exp2);
		scenario_free(sc2);
		complaints_free(&c);
		free(set);
	}
	experiment_free(exp);
	scenario_free(sc);
}

static void timeouts_are_retried_with_more_patience(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH);
	struct store *st = open_db(p);
	struct experiment *exp = plan(st, sc);
	struct wanted_run *all;
	char *more = strdup("run.timeout=120s"),
	     *less = strdup("run.timeout=9s");
	struct complaints c = {0};
	struct scenario *patient, *hasty, *y = load(p, "y", PATH);

	assert_int_equal(wanted(st, exp, &all), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_true(add_result(st, exp, &all[i],
				       i == 1 ? RUN_TIMEOUT : RUN_CRASHED));
	free(all);
	assert_true(store_commit(st));
	unplan(exp);
	/* made_up() says a timeout took 5 ns, and run.timeout is 60 s */
	assert_int_equal(sqlite3_exec(store_handle(st),
				      "UPDATE t_run SET wall_ns = 60000000000",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	exp = plan(st, sc);
	assert_int_equal(wanted(st, exp, &all), 0);
	unplan(exp);
	unplan(plan(st, y)); /* has the same runs */
	says(st, "SELECT count(*) FROM y", "3\n");
	hasty = scenario_load(sc->path, &less, 1, &c);
	exp = plan(st, hasty);
	assert_int_equal(wanted(st, exp, &all), 0);
	unplan(exp);
	patient = scenario_load(sc->path, &more, 1, &c);
	exp = plan(st, patient);
	assert_int_equal(wanted(st, exp, &all), 1);
	assert_int_equal(all[0].seed, 2);
	says(st, "SELECT run FROM x", "1\n3\n");
	says(st, "SELECT run FROM y", "1\n3\n");
	free(all);
	unplan(exp);
	store_close(st);
	scenario_free(sc);
	scenario_free(y);
	scenario_free(hasty);
	scenario_free(patient);
	free(more);
	free(less);
}

static void odd_names_are_quoted(void **state)
{
	struct scenario *sc =
		load(*state, "select.from-where", PATH SWEEP EXPECT);
	struct store *st = open_db(*state);
	struct experiment *exp = plan(st, sc);
	struct verdict *v;

	run_all(st, exp, false);
	says(st, "SELECT count(*) FROM \"select.from-where\"", "12\n");
	v = verdicts_judge(st, exp);
	assert_non_null(v);
	verdicts_free(v, sc->n_expects);
	unplan(exp);
	store_close(st);
	scenario_free(sc);
}

/* --- trouble ------------------------------------------------------------ */

static void refuses(const char *path, enum store_mode mode, const char *because)
{
	char why[512] = "";

	assert_null(store_open(path, mode, why, sizeof why));
	if (!strstr(why, because))
		fail_msg("\"%s\" does not say \"%s\"", why, because);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (int i = 0; i < 200; i++)
		fputs(text, file);
	fclose(file);
}

static void not_our_database(void **state)
{
	struct place *p = *state;
	sqlite3 *db;
	struct stat before, after;

	write_file(p->db, "This is a letter to my aunt. ");
	stat(p->db, &before);
	refuses(p->db, STORE_WRITE, "is not a database");
	refuses(p->db, STORE_READ, "is not a database");
	stat(p->db, &after);
	assert_int_equal(before.st_size, after.st_size);

	unlink(p->db);
	assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE aunts(name)", NULL, NULL, NULL);
	sqlite3_close(db);
	refuses(p->db, STORE_WRITE, "not one of ringsim's");

	unlink(p->db);
	store_close(open_db(p));
	assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
	sqlite3_close(db);
	refuses(p->db, STORE_WRITE, "version 99");
}

static void no_such_place(void **state)
{
	struct place *p = *state;
	char path[128];

	refuses(p->folder, STORE_WRITE, p->folder);
	snprintf(path, sizeof path, "%s/nowhere/results.db", p->folder);
	refuses(path, STORE_WRITE, "No such file");
	refuses(path, STORE_READ, "No such file");
}

static void damaged(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x", PATH SWEEP);
	struct store *st = open_db(p);
	struct experiment *exp = plan(st, sc);
	char why[512] = "";
	FILE *file;

	run_all(st, exp, false);
	unplan(exp);
	store_close(st);
	file = fopen(p->db, "r+");
	fseek(file, 4096, SEEK_SET); /* the first page says what it is */
	for (int i = 0; i < 40 * 4096; i++)
		fputc('x', file);
	fclose(file);
	st = store_open(p->db, STORE_WRITE, why, sizeof why);
	if (st) {
		exp = experiment_plan(sc);
		assert_false(store_experiment(st, exp));
		snprintf(why, sizeof why, "%s", store_trouble(st));
		unplan(exp);
		store_close(st);
	}
	assert_non_null(strstr(why, "is damaged"));
	scenario_free(sc);
}

static void in_use(void **state)
{
	struct place *p = *state;
	struct store *st = open_db(p), *other = open_db(p);

	assert_true(store_begin(other));
	sqlite3_busy_timeout(store_handle(st), 1);
	assert_false(store_begin(st));
	assert_non_null(strstr(store_trouble(st), "in use"));
	store_close(st);
	store_close(other);
}

/* The file may not grow any more; what was committed stays. */
static void disk_full(void **state)
{
	struct place *p = *state;
	struct scenario *sc = load(p, "x",
				   PATH "sweep: {host.packet_cost: {from: "
					"1us, to: 2us, points: 20}}\n");
	struct store *st = open_db(p);
	struct experiment *exp = plan(st, sc);
	struct wanted_run *all;
	unsigned n = wanted(st, exp, &all), done = 0;

	assert_true(add_result(st, exp, &all[0], RUN_OK));
	assert_true(store_commit(st));
	assert_int_equal(sqlite3_exec(store_handle(st),
				      "PRAGMA max_page_count = 1", NULL, NULL,
				      NULL),
			 SQLITE_OK);
	while (done + 1 < n && add_result(st, exp, &all[done + 1], RUN_OK))
		done++;
	assert_true(done + 1 < n);
	assert_non_null(strstr(store_trouble(st), "disk is full"));
	unplan(exp);
	store_close(st);
	free(all);

	st = open_db(p);
	says(st, "PRAGMA integrity_check", "ok\n");
	says(st, "SELECT run FROM v_run", "1\n");
	says(st, "SELECT run FROM x", "1\n");
	exp = plan(st, sc);
	assert_int_equal(wanted(st, exp, &all), n - 1);
	free(all);
	unplan(exp);
	store_close(st);
	scenario_free(sc);
}

/* --- verdicts ----------------------------------------------------------- */

/* Point 2 is {2us, sleep}: app.rate is 2000 + 10 * seed. */
static void judged(void **state)
{
	struct scenario *sc = load(*state, "x", PATH SWEEP EXPECT);
	struct store *st = open_db(*state);
	struct experiment *exp = plan(st, sc);
	struct wanted_run *all;
	struct verdict *v;

	wanted(st, exp, &all);
	for (unsigned i = 0; i < 12; i++)
		assert_true(add_result(st, exp, &all[i],
				       i == 7 ? RUN_CRASHED : RUN_OK));
	assert_true(store_commit(st));
	v = verdicts_judge(st, exp);
	assert_non_null(v);

	assert_int_equal(sc->expects[0].point, 2);
	assert_true(v[0].estimate.value == 2020); /* of 2010 and 2030 */
	assert_int_equal(v[0].estimate.n, 2);
	/* t(0.975, 1) is 12.706; the standard error is 10 */
	assert_true(fabs(v[0].estimate.low - (2020 - 127.062)) < 0.001);
	assert_int_equal(v[0].kind, VERDICT_MISSED);
	assert_true(verdict_differs(&v[0]));
	assert_non_null(strstr(v[0].note, "1 of 3"));

	/* the maximum of 3010, 3020, 3030 is one run's */
	assert_true(v[1].estimate.value == 3030);
	assert_int_equal(v[1].kind, VERDICT_REPORTED);
	assert_false(verdict_differs(&v[1]));
	assert_true(isnan(v[1].estimate.low) && isnan(v[1].estimate.high));
	assert_non_null(strstr(v[1].note, "1 of 12"));
	says(st, "SELECT id, value, verdict FROM v_expect ORDER BY id",
	     "X.one|2020.0|missed\nX.two|3030.0|reported\n");
	verdicts_free(v, sc->n_expects);
	free(all);
	unplan(exp);
	store_close(st);
	scenario_free(sc);
}

#define PLACED(test)                                                           \
	cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(views_and_wide_table),
		PLACED(stalls_and_their_chains),
		PLACED(each_remark_once),
		PLACED(order_leaves_no_trace),
		PLACED(what_is_there_is_not_wanted_again),
		PLACED(open_batch_is_lost_and_nothing_else),
		PLACED(a_changed_file_replaces_the_experiment),
		PLACED(a_run_may_belong_to_two_experiments),
		PLACED(twins),
		PLACED(identity_is_of_what_matters),
		PLACED(timeouts_are_retried_with_more_patience),
		PLACED(odd_names_are_quoted),
		PLACED(not_our_database),
		PLACED(no_such_place),
		PLACED(damaged),
		PLACED(in_use),
		PLACED(disk_full),
		PLACED(judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
