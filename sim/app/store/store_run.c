/* SPDX-License-Identifier: MIT */
/* Runs, in and out of the database. */
#include <math.h>
#include <stdlib.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"
#include "sim/app/store/store_inside.h"

bool store_wanted(struct store *st, const struct experiment *exp,
		  struct wanted_run **all, unsigned *n)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("SELECT r.id, m.point, r.seed FROM t_member"
				    " m JOIN t_run r ON r.id = m.run WHERE"
				    " m.experiment = %lld AND r.status IS NULL"
				    " ORDER BY m.point, r.seed",
				    (long long)exp->id));
	int code = SQLITE_ERROR;

	*n = 0;
	*all = NULL;
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		*mem_push(*all, *n) = (struct wanted_run){
			sqlite3_column_int64(stmt, 0),
			(unsigned)sqlite3_column_int64(stmt, 1),
			(uint64_t)sqlite3_column_int64(stmt, 2)};
	if (stmt && code != SQLITE_DONE)
		store_failed(st);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}

static bool store_status(struct store *st, int64_t run,
			 const struct outcome *out)
{
	sqlite3_stmt *stmt = store_statement(st, ST_SET_STATUS);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, run);
	sqlite3_bind_text(stmt, 2, run_status_name(out->status), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)out->events);
	sqlite3_bind_int64(stmt, 4, out->sim_ns);
	sqlite3_bind_int64(stmt, 5, out->wall_ns);
	sqlite3_bind_int64(stmt, 6, (sqlite3_int64)out->trace_hash);
	store_bind_text(stmt, 7, out->remark);
	return store_step(st, stmt);
}

/* SQLite makes null of NAN. */
static bool store_values(struct store *st, struct experiment *exp, int64_t run,
			 const struct outcome *out)
{
	sqlite3_stmt *stmt = exp->insert_values;

	sqlite3_bind_int64(stmt, 1, run);
	for (unsigned i = 0; i < exp->n_columns; i++)
		sqlite3_bind_double(stmt, (int)i + 2, out->values[i]);
	return store_step(st, stmt);
}

static bool store_probe(struct store *st, int64_t run, sqlite3_int64 probe,
			const struct run_params *timing, const double *values,
			unsigned n)
{
	sqlite3_stmt *stmt = store_statement(st, ST_SAMPLE);

	if (!stmt)
		return false;
	for (unsigned i = 0; i < n; i++) {
		sim_time end = timing->warmup + (i + 1) * timing->window;

		sqlite3_bind_int64(stmt, 1, run);
		sqlite3_bind_int64(stmt, 2, probe);
		sqlite3_bind_int64(stmt, 3, end / 1000);
		sqlite3_bind_double(stmt, 4, values[i]);
		if (!store_step(st, stmt))
			return false;
	}
	return true;
}

static bool store_samples(struct store *st, const struct experiment *exp,
			  int64_t run, unsigned point,
			  const struct outcome *out)
{
	const struct scenario *sc = exp->scenario;
	struct run_params timing;

	if (sc->n_samples == 0)
		return true;
	scenario_params(sc, &sc->points[point], 0, &timing);
	for (unsigned i = 0; i < sc->n_samples; i++) {
		sqlite3_stmt *stmt = store_statement(st, ST_PROBE);
		sqlite3_int64 probe;

		if (stmt)
			store_bind_text(stmt, 1, sc->samples[i]);
		if (!store_number(st, stmt, 0, &probe) ||
		    !store_probe(st, run, probe, &timing,
				 out->samples + (size_t)i * out->sample_room,
				 out->n_samples))
			return false;
	}
	return true;
}

/* Of a run that did not come to its end there are no numbers. */
static bool has_values(enum run_status status)
{
	switch (status) {
	case RUN_OK:
	case RUN_LIVELOCK:
	case RUN_OUT_OF_MEMORY:
		return true;
	case RUN_CRASHED:
	case RUN_TIMEOUT:
	case NUM_RUN_STATUSES:
		break;
	}
	return false;
}

bool store_outcome(struct store *st, struct experiment *exp,
		   const struct wanted_run *run, const struct outcome *out)
{
	if (!store_begin(st) || !store_status(st, run->run, out))
		return false;
	if (has_values(out->status) &&
	    (!store_values(st, exp, run->run, out) ||
	     !store_samples(st, exp, run->run, run->point, out) ||
	     !store_stalls(st, run->run, out->stalls)))
		return false;
	sqlite3_bind_int64(exp->fill_one, 1, run->run);
	return store_step(st, exp->fill_one);
}

static double column_double(sqlite3_stmt *stmt, int at)
{
	return sqlite3_column_type(stmt, at) == SQLITE_NULL
		       ? NAN
		       : sqlite3_column_double(stmt, at);
}

/* A guest that dies for want of memory is a result, with its numbers. */
#define COUNTS "('ok', 'out_of_memory')"

static void read_run(sqlite3_stmt *stmt, unsigned n_columns,
		     struct point_runs *runs)
{
	double *to = runs->values + (size_t)runs->n_ok * n_columns;

	runs->n++;
	if (!sqlite3_column_int(stmt, 0)) {
		runs->n_bad++;
		return;
	}
	runs->n_ok++;
	for (unsigned i = 0; i < n_columns; i++)
		to[i] = column_double(stmt, (int)i + 2);
}

bool store_point(struct store *st, const struct experiment *exp, unsigned point,
		 struct point_runs *runs)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("SELECT r.status IN " COUNTS ", v.*"
				    " FROM t_member m"
				    " JOIN t_run r ON r.id = m.run LEFT JOIN"
				    " t_values_%lld v ON v.run = m.run WHERE"
				    " m.experiment = %lld AND m.point = %u AND"
				    " r.status IS NOT NULL ORDER BY r.seed",
				    (long long)exp->set, (long long)exp->id,
				    exp->points[point].twin));
	int code = SQLITE_ERROR;

	runs->n = runs->n_bad = runs->n_ok = 0;
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		read_run(stmt, exp->n_columns, runs);
	if (stmt && code != SQLITE_DONE)
		store_failed(st);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}

bool store_count(struct store *st, const struct experiment *exp,
		 struct point_runs *runs)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("SELECT count(*), "
				    "sum(r.status NOT IN " COUNTS ")"
				    " FROM t_member m JOIN t_run r ON r.id ="
				    " m.run WHERE m.experiment = %lld AND"
				    " r.status IS NOT NULL",
				    (long long)exp->id));
	bool ok = stmt && sqlite3_step(stmt) == SQLITE_ROW;

	*runs = (struct point_runs){0};
	if (ok) {
		runs->n = (unsigned)sqlite3_column_int64(stmt, 0);
		runs->n_bad = (unsigned)sqlite3_column_int64(stmt, 1);
	} else if (stmt) {
		store_failed(st);
	}
	sqlite3_finalize(stmt);
	return ok;
}

bool store_remarks(struct store *st, const struct experiment *exp,
		   void (*tell)(void *arg, const char *remark), void *arg)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("SELECT r.remark FROM t_member m JOIN t_run"
				    " r ON r.id = m.run WHERE m.experiment ="
				    " %lld AND r.remark IS NOT NULL GROUP BY"
				    " r.remark ORDER BY min(r.id)",
				    (long long)exp->id));
	int code = SQLITE_ERROR;

	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		tell(arg, (const char *)sqlite3_column_text(stmt, 0));
	if (stmt && code != SQLITE_DONE)
		store_failed(st);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}

static void bind_known(sqlite3_stmt *stmt, int at, double value)
{
	if (!isnan(value))
		sqlite3_bind_double(stmt, at, value);
}

bool store_verdict(struct store *st, const struct experiment *exp,
		   unsigned expect, const struct stored_verdict *v)
{
	sqlite3_stmt *stmt = store_prepare(
		st, sqlite3_mprintf("UPDATE t_expect SET value = ?1, ci_low ="
				    " ?2, ci_high = ?3, verdict = %Q, note ="
				    " %Q WHERE experiment = %lld AND position"
				    " = %u",
				    v->verdict, v->note, (long long)exp->id,
				    expect));
	bool ok;

	if (!stmt || !store_begin(st)) {
		sqlite3_finalize(stmt);
		return false;
	}
	bind_known(stmt, 1, v->value);
	bind_known(stmt, 2, v->ci_low);
	bind_known(stmt, 3, v->ci_high);
	ok = store_step(st, stmt);
	sqlite3_finalize(stmt);
	return ok;
}
