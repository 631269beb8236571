/* SPDX-License-Identifier: MIT */
/* An experiment becomes part of the database: all in one transaction. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/store_inside.h"
#include "sim/app/store_schema.h"

/* --- columns ------------------------------------------------------------ */

static bool insert_column(struct store *st, const struct experiment *exp,
			  unsigned i)
{
	return store_exec(
		st,
		sqlite3_mprintf("INSERT INTO t_column VALUES(%lld, %u,"
				" %Q, %Q)",
				(long long)exp->set, i, exp->columns[i].name,
				exp->columns[i].unit));
}

static bool create_values(struct store *st, const struct experiment *exp)
{
	sqlite3_str *sql = sqlite3_str_new(st->db);

	sqlite3_str_appendf(sql,
			    "CREATE TABLE t_values_%lld(run INTEGER PRIMARY"
			    " KEY",
			    (long long)exp->set);
	for (unsigned i = 0; i < exp->n_columns; i++)
		sqlite3_str_appendf(sql, ", c%u REAL", i);
	sqlite3_str_appendall(sql, ")");
	if (!store_exec(st, sqlite3_str_finish(sql)))
		return false;
	for (unsigned i = 0; i < exp->n_columns; i++)
		if (!insert_column(st, exp, i))
			return false;
	return true;
}

/* One view per set, and v_result over all of them. */
static bool extend_v_result(struct store *st, const struct experiment *exp)
{
	char *pattern = store_result_query(exp->set, exp->n_columns);
	char *query = pattern ? store_query(pattern, "t_member") : NULL;
	sqlite3_str *sql = sqlite3_str_new(st->db);
	bool ok =
		query &&
		store_exec(st,
			   sqlite3_mprintf(
				   "CREATE VIEW t_result_%lld(" V_RESULT_COLUMNS
				   ") AS %s",
				   (long long)exp->set, query));

	sqlite3_free(pattern);
	sqlite3_free(query);
	sqlite3_str_appendall(
		sql,
		"DROP VIEW v_result; CREATE VIEW v_result(" V_RESULT_COLUMNS
		") AS SELECT * FROM t_result_1");
	for (long long set = 2; set <= exp->set; set++)
		sqlite3_str_appendf(
			sql, " UNION ALL SELECT * FROM t_result_%lld", set);
	query = sqlite3_str_finish(sql);
	if (ok)
		return store_exec(st, query);
	sqlite3_free(query);
	return false;
}

/* SQLite joins no more SELECTs than that, and so no more sets. */
#define MAX_SETS 500

static bool new_set(struct store *st, struct experiment *exp)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("INSERT INTO t_set(identity, columns)"
				    " VALUES(?1, %u) RETURNING id",
				    exp->n_columns));
	sqlite3_int64 set = 0;
	bool ok;

	if (stmt)
		store_bind_identity(stmt, 1, exp->columns_identity);
	ok = store_number(st, stmt, 0, &set);
	sqlite3_finalize(stmt);
	exp->set = set;
	if (ok && set > MAX_SETS)
		return store_failed_because(
			st,
			"%s holds experiments of %d different shapes, which "
			"is all it can; start another with --db",
			st->path, MAX_SETS);
	return ok && create_values(st, exp) && extend_v_result(st, exp);
}

static bool find_set(struct store *st, struct experiment *exp)
{
	sqlite3_stmt *stmt = store_prepare(
		st,
		sqlite3_mprintf("SELECT id FROM t_set WHERE identity = ?1"));
	sqlite3_int64 set = 0;
	bool ok;

	if (stmt)
		store_bind_identity(stmt, 1, exp->columns_identity);
	ok = store_number(st, stmt, 0, &set);
	sqlite3_finalize(stmt);
	exp->set = set;
	return ok && (set || new_set(st, exp));
}

/* --- settings ----------------------------------------------------------- */

/* The text after a row's name in `described`: where the value comes from. */
static const char *setting_source(const struct stage_conf *stage, unsigned row)
{
	const char *own = stage->sources[row];

	return own ? own : stage->type->params[row].source;
}

static bool describe(struct store *st, const struct experiment *exp,
		     const char *name, const char *unit, const char *kind,
		     const char *doc, const char *source)
{
	sqlite3_stmt *stmt = store_statement(st, ST_DESCRIBE);

	if (!stmt)
		return false;
	store_bind_text(stmt, 1, name);
	store_bind_text(stmt, 2, unit);
	store_bind_text(stmt, 3, kind);
	store_bind_text(stmt, 4, doc);
	store_bind_text(stmt, 5, source);
	store_bind_text(stmt, 6, exp->scenario->name);
	return store_step(st, stmt);
}

static bool parameter_id(struct store *st, const char *name, const char *unit,
			 sqlite3_int64 *id)
{
	sqlite3_stmt *stmt = store_statement(st, ST_PARAMETER_INSERT);

	if (!stmt)
		return false;
	store_bind_text(stmt, 1, name);
	store_bind_text(stmt, 2, unit);
	return store_number(st, stmt, 0, id);
}

/* As a number in the row's unit, or as text. */
static void bind_value(sqlite3_stmt *stmt, int at, const struct param *row,
		       void *params)
{
	const void *field = param_field(row, params);
	char text[512];
	double number;

	if (param_number(row, field, &number))
		sqlite3_bind_double(stmt, at, number);
	else
		store_bind_text(stmt, at,
				param_format(row, field, text, sizeof text));
}

static bool store_setting(struct store *st, const struct experiment *exp,
			  int point, struct setting at, void *params)
{
	const struct stage_conf *stage = &exp->scenario->stages[at.stage];
	const struct param *row = &stage->type->params[at.row];
	sqlite3_stmt *stmt = store_statement(st, ST_SETTING);
	sqlite3_int64 parameter;
	char name[256];

	setting_name(exp->scenario, at, name, sizeof name);
	if (!stmt || !parameter_id(st, name, param_unit(row), &parameter))
		return false;
	sqlite3_bind_int64(stmt, 1, exp->id);
	sqlite3_bind_int(stmt, 2, point);
	sqlite3_bind_int64(stmt, 3, parameter);
	bind_value(stmt, 4, row, params);
	return store_step(st, stmt);
}

static bool is_swept(const struct scenario *sc, struct setting at)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (sc->swept[i].stage == at.stage &&
		    sc->swept[i].row == at.row)
			return true;
	return false;
}

static bool store_stage(struct store *st, const struct experiment *exp,
			unsigned s)
{
	const struct stage_conf *stage = &exp->scenario->stages[s];

	for (unsigned i = 0; i < stage->type->n_params; i++) {
		const struct param *row = &stage->type->params[i];
		struct setting at = {s, i};
		char name[256];

		setting_name(exp->scenario, at, name, sizeof name);
		if (!describe(st, exp, name, param_unit(row), "parameter",
			      row->doc, setting_source(stage, i)))
			return false;
		if (!is_swept(exp->scenario, at) &&
		    !store_setting(st, exp, -1, at, stage->params))
			return false;
	}
	return true;
}

static bool store_swept(struct store *st, const struct experiment *exp,
			unsigned point)
{
	const struct scenario *sc = exp->scenario;

	for (unsigned i = 0; i < sc->n_swept; i++) {
		void *params;
		bool ok;

		swept_value(sc, &sc->points[point], i, &params);
		ok = store_setting(st, exp, (int)point, sc->swept[i], params);
		free(params);
		if (!ok)
			return false;
	}
	return true;
}

static bool describe_columns(struct store *st, const struct experiment *exp)
{
	for (unsigned i = 0; i < exp->n_columns; i++) {
		const struct column *c = &exp->columns[i];

		if (!describe(st, exp, c->name, c->unit, "metric", c->doc,
			      exp->scenario->stages[c->stage].type->name))
			return false;
	}
	return true;
}

/* --- runs --------------------------------------------------------------- */

static bool store_run(struct store *st, const struct experiment *exp,
		      unsigned point, uint64_t seed)
{
	struct identity id = identity_of_run(exp->points[point].identity, seed,
					     ENGINE_NATIVE);
	sqlite3_stmt *insert = store_statement(st, ST_RUN_INSERT);
	sqlite3_stmt *find = store_statement(st, ST_RUN_FIND);
	sqlite3_stmt *member = store_statement(st, ST_MEMBER);
	sqlite3_int64 run;

	if (!insert || !find || !member)
		return false;
	store_bind_identity(insert, 1, id);
	sqlite3_bind_int64(insert, 2, (sqlite3_int64)seed);
	store_bind_text(insert, 3, ENGINE_NATIVE);
	sqlite3_bind_int(insert, 4, MODEL_VERSION);
	store_bind_identity(find, 1, id);
	if (!store_step(st, insert) || !store_number(st, find, 0, &run))
		return false;
	sqlite3_bind_int64(member, 1, exp->id);
	sqlite3_bind_int64(member, 2, point);
	sqlite3_bind_int64(member, 3, run);
	return store_step(st, member);
}

static bool store_points(struct store *st, const struct experiment *exp)
{
	for (unsigned i = 0; i < exp->scenario->n_points; i++) {
		const struct planned_point *pt = &exp->points[i];

		if (pt->twin != i)
			continue;
		if (!store_swept(st, exp, i))
			return false;
		for (unsigned k = 0; k < pt->n_seeds; k++)
			if (!store_run(st, exp, i, pt->seed + k))
				return false;
	}
	return true;
}

/* --- the wide table ----------------------------------------------------- */

static bool create_wide(struct store *st, const struct experiment *exp)
{
	const struct scenario *sc = exp->scenario;
	sqlite3_str *sql = sqlite3_str_new(st->db);
	char name[256];

	sqlite3_str_appendf(sql,
			    "CREATE TABLE \"%w\"(run INTEGER PRIMARY KEY, "
			    "seed INTEGER",
			    sc->name);
	for (unsigned i = 0; i < sc->n_swept; i++)
		sqlite3_str_appendf(
			sql, ", \"%w\"",
			setting_name(sc, sc->swept[i], name, sizeof name));
	for (unsigned i = 0; i < exp->n_columns; i++)
		sqlite3_str_appendf(sql, ", \"%w\" REAL", exp->columns[i].name);
	sqlite3_str_appendall(sql, ")");
	return store_exec(st, sqlite3_str_finish(sql));
}

/* Rows of the wide table from the runs themselves; `which` says of which. */
static char *fill_sql(const struct experiment *exp, const char *which)
{
	const struct scenario *sc = exp->scenario;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char name[256];

	sqlite3_str_appendf(
		sql, "INSERT OR REPLACE INTO \"%w\" SELECT m.run, r.seed",
		sc->name);
	for (unsigned i = 0; i < sc->n_swept; i++)
		sqlite3_str_appendf(
			sql,
			", (SELECT value FROM t_setting s JOIN t_parameter p"
			" ON p.id = s.parameter WHERE s.experiment = %lld"
			" AND s.point = m.point AND p.name = %Q)",
			(long long)exp->id,
			setting_name(sc, sc->swept[i], name, sizeof name));
	for (unsigned i = 0; i < exp->n_columns; i++)
		sqlite3_str_appendf(sql, ", v.c%u", i);
	sqlite3_str_appendf(sql,
			    " FROM t_member m JOIN t_run r ON r.id = m.run"
			    " LEFT JOIN t_values_%lld v ON v.run = m.run"
			    " WHERE m.experiment = %lld AND r.status IS NOT"
			    " NULL AND %s",
			    (long long)exp->set, (long long)exp->id, which);
	return sqlite3_str_finish(sql);
}

bool store_fill(struct store *st, struct experiment *exp)
{
	char *which = sqlite3_mprintf(
		"NOT EXISTS (SELECT 1 FROM \"%w\" w WHERE w.run = m.run)",
		exp->scenario->name);
	char *sql = which ? fill_sql(exp, which) : NULL;

	sqlite3_free(which);
	if (store_begin(st) && store_exec(st, sql))
		return true;
	return false;
}

static bool prepare(struct store *st, struct experiment *exp)
{
	sqlite3_str *sql = sqlite3_str_new(st->db);

	sqlite3_str_appendf(sql,
			    "INSERT OR REPLACE INTO t_values_%lld VALUES(?1",
			    (long long)exp->set);
	for (unsigned i = 0; i < exp->n_columns; i++)
		sqlite3_str_appendall(sql, ", ?");
	sqlite3_str_appendall(sql, ")");
	exp->insert_values = store_prepare(st, sqlite3_str_finish(sql));
	exp->fill_one = store_prepare(st, fill_sql(exp, "m.run = ?1"));
	return exp->insert_values && exp->fill_one;
}

void store_experiment_close(struct experiment *exp)
{
	sqlite3_finalize(exp->insert_values);
	sqlite3_finalize(exp->fill_one);
	exp->insert_values = exp->fill_one = NULL;
}

/* --- expectations and figures ------------------------------------------- */

static void bind_end(sqlite3_stmt *stmt, int at, double end, bool banded)
{
	if (banded && isfinite(end))
		sqlite3_bind_double(stmt, at, end);
}

static bool store_expect(struct store *st, const struct experiment *exp,
			 unsigned i)
{
	const struct expect *e = &exp->scenario->expects[i];
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("INSERT INTO t_expect(experiment, position,"
				    " id, kind, metric, unit, low, high,"
				    " documented, known_miss) VALUES(%lld, %u,"
				    " ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
				    (long long)exp->id, i));
	bool ok;

	if (!stmt)
		return false;
	store_bind_text(stmt, 1, e->id);
	store_bind_text(stmt, 2, expect_kind_name(e->kind));
	store_bind_text(stmt, 3, e->metric ? e->metric : e->sql);
	store_bind_text(stmt, 4, e->unit);
	bind_end(stmt, 5, e->low, e->banded);
	bind_end(stmt, 6, e->high, e->banded);
	store_bind_text(stmt, 7, e->documented);
	store_bind_text(stmt, 8, e->known_miss);
	ok = store_step(st, stmt);
	sqlite3_finalize(stmt);
	return ok;
}

static bool store_texts(struct store *st, const struct experiment *exp)
{
	const struct scenario *sc = exp->scenario;

	for (unsigned i = 0; i < sc->n_expects; i++)
		if (!store_expect(st, exp, i))
			return false;
	for (unsigned i = 0; i < sc->n_figures; i++)
		if (!store_exec(st, sqlite3_mprintf(
					    "INSERT INTO t_figure VALUES(%lld,"
					    " %u, %Q, %Q)",
					    (long long)exp->id, i,
					    sc->figures[i].name,
					    sc->figures[i].json)))
			return false;
	return true;
}

/* --- the experiment ----------------------------------------------------- */

/* Runs that nobody wants any more and nobody has run go as well; finished ones
 * stay, in case they are wanted again. */
static bool forget(struct store *st, const struct experiment *exp)
{
	long long id = exp->id;

	return store_exec(
		st,
		sqlite3_mprintf("DELETE FROM t_member WHERE experiment = %lld;"
				"DELETE FROM t_setting WHERE experiment = %lld;"
				"DELETE FROM t_expect WHERE experiment = %lld;"
				"DELETE FROM t_figure WHERE experiment = %lld;"
				"DELETE FROM described WHERE scenario = %Q;"
				"DELETE FROM t_run WHERE status IS NULL AND"
				" id NOT IN (SELECT run FROM t_member);"
				"DROP TABLE IF EXISTS \"%w\"",
				id, id, id, id, exp->scenario->name,
				exp->scenario->name));
}

static bool store_head(struct store *st, struct experiment *exp)
{
	const struct scenario *sc = exp->scenario;
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf(
			    "INSERT INTO t_experiment(scenario, path,"
			    " question, source, content, columns, points,"
			    " runs, started) VALUES(%Q, %Q, %Q, %Q, ?1,"
			    " %lld, %u, %u, strftime('%%s')) ON CONFLICT"
			    " DO UPDATE SET scenario = excluded.scenario,"
			    " path = excluded.path, question ="
			    " excluded.question, source = excluded.source,"
			    " content = ?1, columns = excluded.columns,"
			    " points = excluded.points, runs ="
			    " excluded.runs, started = excluded.started"
			    " RETURNING id",
			    sc->name, sc->path, sc->question, sc->source,
			    (long long)exp->set, sc->n_points, exp->n_runs));
	sqlite3_int64 id;
	bool ok;

	if (stmt)
		store_bind_identity(stmt, 1, exp->content);
	ok = store_number(st, stmt, 0, &id);
	sqlite3_finalize(stmt);
	exp->id = id;
	return ok;
}

static bool store_anew(struct store *st, struct experiment *exp)
{
	if (!store_head(st, exp) || !forget(st, exp) || !create_wide(st, exp) ||
	    !describe_columns(st, exp) || !store_texts(st, exp))
		return false;
	for (unsigned s = 0; s < exp->scenario->n_stages; s++)
		if (!store_stage(st, exp, s))
			return false;
	return store_points(st, exp);
}

/* Is exactly this in the database, with a row for every run? */
static bool find_same(struct store *st, struct experiment *exp)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf(
			    "SELECT id FROM t_experiment e WHERE scenario = %Q"
			    " AND content = ?1 AND runs = (SELECT count(*)"
			    " FROM t_member m JOIN t_run r ON r.id = m.run"
			    " WHERE m.experiment = e.id)",
			    exp->scenario->name));
	sqlite3_int64 id = 0;
	bool ok;

	if (stmt)
		store_bind_identity(stmt, 1, exp->content);
	ok = store_number(st, stmt, 0, &id);
	sqlite3_finalize(stmt);
	exp->id = id;
	return ok;
}

/* Runs that were given up sooner than they would be now get another try. */
static bool retry_timeouts(struct store *st, const struct experiment *exp)
{
	int64_t patience = INT64_MAX;

	for (unsigned i = 0; i < exp->scenario->n_points; i++)
		if (exp->points[i].timeout_ns < patience)
			patience = exp->points[i].timeout_ns;
	return store_exec(
		st,
		sqlite3_mprintf(
			"UPDATE t_run SET status = NULL WHERE status ="
			" 'timeout' AND wall_ns < %lld AND id IN (SELECT run"
			" FROM t_member WHERE experiment = %lld);"
			"DELETE FROM \"%w\" WHERE run IN (SELECT id FROM t_run"
			" WHERE status IS NULL)",
			(long long)patience, (long long)exp->id,
			exp->scenario->name));
}

bool store_experiment(struct store *st, struct experiment *exp)
{
	return store_begin(st) && find_set(st, exp) && find_same(st, exp) &&
	       (exp->id || store_anew(st, exp)) && retry_timeouts(st, exp) &&
	       store_fill(st, exp) && prepare(st, exp);
}
