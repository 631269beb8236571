/* SPDX-License-Identifier: MIT */
/* The table that is named after a scenario, and how runs get into it. */
#include "sim/app/store/store_inside.h"

bool store_create_wide(struct store *st, const struct experiment *exp)
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

bool store_prepare_runs(struct store *st, struct experiment *exp)
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
