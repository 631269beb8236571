/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/units.h"
#include "analysis/wide.h"

char *sql_name(struct pool *p, const char *name)
{
	char *quoted = pool_alloc(p, 2 * strlen(name) + 3), *to = quoted;

	*to++ = '"';
	for (; *name; name++) {
		if (*name == '"')
			*to++ = '"';
		*to++ = *name;
	}
	*to = '"';
	return quoted;
}

const struct column *wide_column(const struct wide *w, const char *name)
{
	unsigned i;

	for (i = 0; i < w->n_columns; i++)
		if (!strcmp(w->columns[i].name, name))
			return &w->columns[i];
	return NULL;
}

static void add_columns(struct wide *w, sqlite3_stmt *row)
{
	int i, n = sqlite3_column_count(row);

	for (i = 0; i < n; i++) {
		const char *name = sqlite3_column_name(row, i);

		if (!strcmp(name, "run") || !strcmp(name, "seed"))
			continue;
		w->columns = pool_grow(w->pool, w->columns, w->n_columns,
				       sizeof *w->columns);
		w->columns[w->n_columns++] = (struct column){
			.name = pool_text(w->pool, "%s", name), .unit = ""};
	}
}

static bool read_columns(struct wide *w, struct database *db, struct trouble *t)
{
	char *sql = pool_text(w->pool, "SELECT * FROM %s",
			      sql_name(w->pool, db->wide));
	sqlite3_stmt *row = database_prepare(db, t, sql, NULL);

	if (!row)
		return trouble_user(t, "experiment %s has no results",
				    db->wide);
	add_columns(w, row);
	sqlite3_finalize(row);
	return true;
}

/* Units, and which columns are settings, from one good run of the experiment:
 * what the views say of it holds for all. */
static bool read_units(struct wide *w, struct database *db, bool settings,
		       struct trouble *t)
{
	char *sql = pool_text(
		w->pool,
		"SELECT %s, unit FROM %s WHERE experiment = ?1 AND run = "
		"(SELECT run FROM v_run WHERE experiment = ?1 "
		"ORDER BY status <> 'ok', run LIMIT 1)",
		settings ? "name" : "metric",
		settings ? "v_setting" : "v_result");
	sqlite3_stmt *row =
		database_prepare(db, t, sql, w->figure->experiment, NULL);

	if (!row)
		return false;
	while (database_step(db, row, t)) {
		struct column *c = (struct column *)wide_column(
			w, database_column(row, 0));

		if (!c)
			continue;
		c->unit = pool_text(w->pool, "%s", database_column(row, 1));
		c->setting = settings;
	}
	sqlite3_finalize(row);
	return !t->text[0];
}

static bool read_range(struct wide *w, struct database *db, struct column *c,
		       struct trouble *t)
{
	char *name = sql_name(w->pool, c->name);
	char *sql =
		pool_text(w->pool,
			  "SELECT count(DISTINCT %s), "
			  "sum(typeof(%s) = 'text'), min(%s), max(%s) "
			  "FROM %s",
			  name, name, name, name, sql_name(w->pool, db->wide));
	sqlite3_stmt *row = database_prepare(db, t, sql, NULL);

	if (!row)
		return false;
	if (database_step(db, row, t)) {
		c->distinct = (unsigned)sqlite3_column_int(row, 0);
		c->number = !sqlite3_column_int(row, 1);
		c->least = sqlite3_column_double(row, 2);
		c->most = sqlite3_column_double(row, 3);
	}
	sqlite3_finalize(row);
	return !t->text[0];
}

bool wide_open(struct wide *w, struct pool *pool, struct database *db,
	       const struct figure *f, struct trouble *t)
{
	unsigned i;

	*w = (struct wide){.pool = pool, .figure = f};
	db->wide = f->scenario;
	if (!read_columns(w, db, t) || !read_units(w, db, true, t) ||
	    !read_units(w, db, false, t))
		return false;
	for (i = 0; i < w->n_columns; i++)
		if (w->columns[i].setting &&
		    !read_range(w, db, &w->columns[i], t))
			return false;
	return true;
}

/* Numbers are compared with a tolerance: they have been text in between. */
static char *condition(struct wide *w, const struct column *c, const char *text)
{
	char *name = sql_name(w->pool, c->name), *quoted;
	double value;
	char *copy;

	if (c->number && unit_parse(c->unit, text, &value))
		return pool_text(w->pool,
				 "abs(%s - %.17g) <= 1e-9 * abs(%.17g)", name,
				 value, value);
	quoted = sqlite3_mprintf("%Q", text);
	copy = pool_text(w->pool, "%s = %s", name, quoted ? quoted : "''");
	sqlite3_free(quoted);
	return copy;
}

/* Pins of one setting stand together and are alternatives. A pinned setting
 * that is not swept is the same in all runs: the loader has seen to it that it
 * fits. */
char *wide_conditions(struct wide *w, const struct spec *s)
{
	const char *before = "";
	char *all = "(1";
	unsigned i;

	for (i = 0; i < s->n_pins; i++) {
		const char *setting = s->pins[i].setting;
		const struct column *c = wide_column(w, setting);

		if (!c || !c->setting)
			continue;
		all = pool_text(w->pool, "%s%s%s", all,
				strcmp(setting, before) ? ") AND (" : " OR ",
				condition(w, c, s->pins[i].text));
		before = setting;
	}
	return pool_text(w->pool, "%s)", all);
}

char *wide_joined(struct pool *p, const struct names *names, bool quote)
{
	char *all = "1";
	unsigned i;

	for (i = 0; i < names->n; i++)
		all = pool_text(p, "%s, %s", all,
				quote ? sql_name(p, names->all[i])
				      : pool_text(p, "(%s\n)", names->all[i]));
	return all;
}

/* How many combinations of `settings` there are; -1: trouble. */
static int combinations(struct wide *w, struct database *db,
			const struct spec *s, const struct names *settings,
			struct trouble *t)
{
	char *sql =
		pool_text(w->pool,
			  "SELECT count(*) FROM (SELECT DISTINCT %s "
			  "FROM %s WHERE %s)",
			  wide_joined(w->pool, settings, true),
			  sql_name(w->pool, db->wide), wide_conditions(w, s));
	sqlite3_stmt *row = database_prepare(db, t, sql, NULL);
	int n = -1;

	if (!row)
		return -1;
	if (database_step(db, row, t))
		n = sqlite3_column_int(row, 0);
	sqlite3_finalize(row);
	return n;
}

bool wide_add_varied(struct wide *w, struct database *db, const struct spec *s,
		     struct names *settings, struct trouble *t)
{
	int before = combinations(w, db, s, settings, t), after;
	unsigned i;

	for (i = 0; before >= 0 && i < w->n_columns; i++) {
		const struct column *c = &w->columns[i];

		if (!c->setting || c->distinct < 2 ||
		    names_has(settings, c->name))
			continue;
		names_add(w->pool, settings, c->name);
		after = combinations(w, db, s, settings, t);
		if (after < 0)
			return false;
		if (after == before)
			settings->n--;
		before = after;
	}
	return before >= 0;
}
