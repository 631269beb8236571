/* SPDX-License-Identifier: MIT */
/* An experiment becomes part of the database: all in one transaction. */
#include <math.h>

#include "sim/app/store/store_inside.h"

/* --- runs --- */

static bool store_run(struct store *st, const struct experiment *exp,
		      unsigned point, uint64_t seed)
{
	struct identity id = identity_of_run(exp->points[point].identity, seed,
					     experiment_engine(exp));
	sqlite3_stmt *insert = store_statement(st, ST_RUN_INSERT);
	sqlite3_stmt *find = store_statement(st, ST_RUN_FIND);
	sqlite3_stmt *member = store_statement(st, ST_MEMBER);
	sqlite3_int64 run;

	if (!insert || !find || !member)
		return false;
	store_bind_identity(insert, 1, id);
	sqlite3_bind_int64(insert, 2, (sqlite3_int64)seed);
	store_bind_text(insert, 3, experiment_engine(exp));
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

/* --- expectations and figures --- */

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

/* --- the experiment --- */

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
	if (!store_head(st, exp) || !forget(st, exp) ||
	    !store_create_wide(st, exp) || !store_columns_described(st, exp) ||
	    !store_texts(st, exp))
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

/* Their rows in all wide tables are of no use any more. */
static bool forget_rows(struct store *st)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("SELECT DISTINCT e.scenario FROM t_run r"
				    " JOIN t_member m ON m.run = r.id JOIN"
				    " t_experiment e ON e.id = m.experiment"
				    " WHERE r.status IS NULL"));
	bool ok = stmt;

	while (ok && sqlite3_step(stmt) == SQLITE_ROW)
		ok = store_exec(
			st, sqlite3_mprintf("DELETE FROM \"%w\" WHERE run IN"
					    " (SELECT id FROM t_run WHERE"
					    " status IS NULL)",
					    sqlite3_column_text(stmt, 0)));
	sqlite3_finalize(stmt);
	return ok;
}

/* Runs that were given up sooner than they would be now get another try. */
static bool retry_timeouts(struct store *st, const struct experiment *exp)
{
	int64_t patience = INT64_MAX;

	for (unsigned i = 0; i < exp->scenario->n_points; i++)
		if (exp->points[i].timeout_ns < patience)
			patience = exp->points[i].timeout_ns;
	if (!store_exec(st, sqlite3_mprintf(
				    "UPDATE t_run SET status = NULL WHERE"
				    " status = 'timeout' AND wall_ns < %lld AND"
				    " id IN (SELECT run FROM t_member WHERE"
				    " experiment = %lld)",
				    (long long)patience, (long long)exp->id)))
		return false;
	return sqlite3_changes(st->db) == 0 || forget_rows(st);
}

bool store_experiment(struct store *st, struct experiment *exp)
{
	return store_begin(st) && store_find_set(st, exp) &&
	       find_same(st, exp) && (exp->id || store_anew(st, exp)) &&
	       retry_timeouts(st, exp) && store_fill(st, exp) &&
	       store_prepare_runs(st, exp);
}
