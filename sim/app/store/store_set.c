/* SPDX-License-Identifier: MIT */
/* Sets: runs whose stages have the same columns share a table of values. */
#include "sim/app/store/store_inside.h"
#include "sim/app/store/store_schema.h"

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

bool store_find_set(struct store *st, struct experiment *exp)
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
