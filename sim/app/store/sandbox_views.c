/* SPDX-License-Identifier: MIT */
#include "sim/app/store/sandbox_views.h"

#include <string.h>

#include "sim/app/store/store_schema.h"

/* Scenarios cannot be named t_something, so this is nobody's. */
#define SHOWN "t_shown"

bool sandbox_exec(sqlite3 *db, char *sql)
{
	bool ok = sql && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_free(sql);
	return ok;
}

/* v_expect is what is being found out, and figures are not results. */
static bool is_for_scenarios(const struct store_view *view)
{
	return strcmp(view->name, "v_expect") != 0 &&
	       strcmp(view->name, "v_figure") != 0;
}

/* An empty view with these columns. */
static bool model_view(sqlite3 *db, const char *name, const char *columns)
{
	sqlite3_str *nulls = sqlite3_str_new(NULL);
	char *list;
	bool ok;

	sqlite3_str_appendall(nulls, "NULL");
	for (const char *p = columns; (p = strchr(p, ',')); p++)
		sqlite3_str_appendall(nulls, ", NULL");
	list = sqlite3_str_finish(nulls);
	ok = list &&
	     sandbox_exec(db, sqlite3_mprintf("CREATE TEMP VIEW \"%w\"(%s) AS"
					      " SELECT %s WHERE 0",
					      name, columns, list));
	sqlite3_free(list);
	return ok;
}

static bool model_wide(sqlite3 *db, const struct experiment *exp,
		       const char *name)
{
	const struct scenario *sc = exp->scenario;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char text[256];

	sqlite3_str_appendf(sql,
			    "CREATE TEMP VIEW \"%w\" AS SELECT NULL AS run,"
			    " NULL AS seed",
			    name);
	for (unsigned i = 0; i < sc->n_swept; i++)
		sqlite3_str_appendf(
			sql, ", NULL AS \"%w\"",
			setting_name(sc, sc->swept[i], text, sizeof text));
	for (unsigned i = 0; i < exp->n_columns; i++)
		sqlite3_str_appendf(sql, ", NULL AS \"%w\"",
				    exp->columns[i].name);
	sqlite3_str_appendall(sql, " WHERE 0");
	return sandbox_exec(db, sqlite3_str_finish(sql));
}

bool sandbox_model(sqlite3 *db, const struct experiment *exp)
{
	bool ok = model_wide(db, exp, "this") &&
		  model_wide(db, exp, exp->scenario->name);

	for (const struct store_view *v = store_views; ok && v->name; v++)
		if (is_for_scenarios(v))
			ok = model_view(db, v->name, v->columns);
	return ok;
}

/* Which runs there are, without the seed that is left out. */
static bool add_shown(sqlite3 *db, const struct experiment *exp)
{
	return sandbox_exec(
		db,
		sqlite3_mprintf("CREATE TEMP TABLE " SANDBOX_LEFT_OUT
				"(seed INTEGER);"
				"INSERT INTO " SANDBOX_LEFT_OUT " VALUES(NULL);"
				"CREATE TEMP VIEW " SHOWN " AS SELECT m.* FROM"
				" main.t_member m JOIN main.t_run r ON r.id ="
				" m.run WHERE m.experiment = %lld AND r.seed IS"
				" NOT (SELECT seed FROM " SANDBOX_LEFT_OUT ")",
				(long long)exp->id));
}

static bool add_view(sqlite3 *db, const struct experiment *exp,
		     const struct store_view *view)
{
	char *own = view->query ? NULL
				: store_result_query(exp->set, exp->n_columns);
	const char *pattern = own ? own : view->query;
	char *query = pattern ? store_query(pattern, SHOWN) : NULL;
	bool ok =
		query &&
		sandbox_exec(db,
			     sqlite3_mprintf("CREATE TEMP VIEW %s(%s) AS %s",
					     view->name, view->columns, query));

	sqlite3_free(own);
	sqlite3_free(query);
	return ok;
}

static bool add_wide(sqlite3 *db, const struct experiment *exp,
		     const char *name)
{
	return sandbox_exec(
		db, sqlite3_mprintf("CREATE TEMP VIEW \"%w\" AS SELECT * FROM"
				    " main.\"%w\" WHERE seed IS NOT"
				    " (SELECT seed FROM " SANDBOX_LEFT_OUT ")",
				    name, exp->scenario->name));
}

bool sandbox_views(sqlite3 *db, const struct experiment *exp)
{
	bool ok = add_shown(db, exp) && add_wide(db, exp, "this") &&
		  add_wide(db, exp, exp->scenario->name);

	for (const struct store_view *v = store_views; ok && v->name; v++)
		if (is_for_scenarios(v))
			ok = add_view(db, exp, v);
	return ok;
}
