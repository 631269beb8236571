/* SPDX-License-Identifier: MIT */
/* Expectations: one number, compared with a band. */
#include "sim/app/load/loader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

static const char *const keys[] = {"id",   "metric",	 "value",
				   "at",   "unit",	 "between",
				   "kind", "known_miss", "documented"};

static const struct column *column_named(const struct loader *l,
					 const char *name)
{
	for (unsigned i = 0; i < l->n_columns; i++)
		if (strcmp(l->columns[i].name, name) == 0)
			return &l->columns[i];
	return NULL;
}

const struct column *find_column(struct loader *l, const struct yaml *y,
				 const char *name)
{
	const struct column *found = column_named(l, name);
	const char **known;
	char near[160];

	if (found || !l->columns)
		return found;
	known = mem_new(l->n_columns, sizeof *known);
	for (unsigned i = 0; i < l->n_columns; i++)
		known[i] = l->columns[i].name;
	gripe(l, y, "there is no result \"%.60s\"%s", name,
	      meant_of_stage(l, name, known, l->n_columns, near, sizeof near));
	free(known);
	return NULL;
}

/* An optional text, copied. */
static char *copy_of(struct loader *l, const struct yaml *map, const char *key)
{
	const struct yaml *y = yaml_get(map, key);

	return y ? mem_text(text_of(l, y, key)) : NULL;
}

static void read_id(struct loader *l, const struct yaml *map, struct expect *e)
{
	const struct yaml *y = yaml_get(map, "id");
	const char *id = y ? text_of(l, y, "id") : NULL;

	if (!y)
		gripe(l, map, "an expectation has an id; here is none");
	if (!id)
		return;
	if (!is_name(id, true))
		gripe(l, y,
		      "\"%.60s\" is no id: write at most %d letters, digits, "
		      "., _ and -",
		      id, MOST_NAME);
	e->id = mem_text(id);
}

static void read_kind(struct loader *l, const struct yaml *map,
		      struct expect *e)
{
	static const char *const kinds[] = {"fitted", "predicted", "observed"};
	const struct yaml *y = yaml_get(map, "kind");
	const char *text = y ? text_of(l, y, "kind") : NULL;

	e->kind = EXPECT_OBSERVED;
	for (unsigned i = 0; text && i < COUNT(kinds); i++) {
		if (strcmp(text, kinds[i]) == 0) {
			e->kind = (enum expect_kind)i;
			return;
		}
	}
	if (text)
		gripe(l, y,
		      "\"%.40s\" is not a kind: write fitted, predicted or "
		      "observed",
		      text);
}

static void read_metric(struct loader *l, const struct yaml *map,
			struct expect *e)
{
	const struct yaml *y = yaml_get(map, "metric");
	const char *name = text_of(l, y, "metric");
	const struct column *column;

	if (yaml_get(map, "unit"))
		gripe(l, yaml_get(map, "unit"),
		      "a metric has a unit of its own; unit goes with value");
	find_point(l, map, yaml_get(map, "at"), &e->point, &e->left_out);
	column = name ? find_column(l, y, name) : NULL;
	if (!column)
		return;
	e->metric = mem_text(name);
	e->unit = mem_text(column->unit);
}

static void read_sql(struct loader *l, const struct yaml *map, struct expect *e)
{
	const struct yaml *unit = yaml_get(map, "unit");

	if (yaml_get(map, "at"))
		gripe(l, yaml_get(map, "at"),
		      "at goes with metric; a value says it in its SQL");
	e->sql = copy_of(l, map, "value");
	e->unit = unit ? copy_of(l, map, "unit") : mem_text("1");
	if (e->unit && strlen(e->unit) > 20)
		gripe(l, unit, "\"%.20s…\" is too long for a unit", e->unit);
}

static void read_what(struct loader *l, const struct yaml *map,
		      struct expect *e)
{
	bool metric = yaml_get(map, "metric"), sql = yaml_get(map, "value");

	if (metric && sql)
		gripe(l, map,
		      "an expectation has a metric or a value, not "
		      "both");
	else if (metric)
		read_metric(l, map, e);
	else if (sql)
		read_sql(l, map, e);
	else
		gripe(l, map,
		      "an expectation is about a metric or a value; "
		      "here is neither");
}

static void read_between(struct loader *l, const struct yaml *y,
			 struct expect *e)
{
	if (y->kind != YAML_LIST || y->n != 2) {
		gripe(l, y, "between is [low, high], with ~ for an open end");
		return;
	}
	e->banded = true;
	if (!e->unit) /* what it is about is wrong already */
		return;
	if (!read_bound(l, y->entries[0].value, e->unit, -INFINITY, &e->low) ||
	    !read_bound(l, y->entries[1].value, e->unit, INFINITY, &e->high))
		return;
	if (isinf(e->low) && isinf(e->high))
		gripe(l, y,
		      "a band that is open on both ends holds "
		      "everything; leave between out");
	else if (e->low > e->high)
		gripe(l, y, "between is [low, high]; here low is above high");
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* One id may be about several metrics, but results are told by id and metric:
 * about another point of the same one there must be another id. */
static void check_unique(struct loader *l, const struct yaml *map,
			 const struct expect *e)
{
	for (const struct expect *other = l->sc->expects; other < e; other++)
		if (e->id && (e->metric || e->sql) &&
		    same_text(e->id, other->id) &&
		    same_text(e->metric, other->metric) &&
		    same_text(e->sql, other->sql))
			gripe(l, map,
			      "line %d has this metric under the id %s "
			      "already; ids tell them apart",
			      other->line, e->id);
}

static void read_expect(struct loader *l, const struct yaml *map)
{
	struct expect *e;

	if (map->kind != YAML_MAP) {
		gripe(l, map, "an expectation is a map, but here is %s",
		      yaml_kind_name(map));
		return;
	}
	e = mem_push(l->sc->expects, l->sc->n_expects);
	e->line = map->line;
	e->low = -INFINITY;
	e->high = INFINITY;
	check_keys(l, map, "an expectation", keys, COUNT(keys));
	read_id(l, map, e);
	read_kind(l, map, e);
	read_what(l, map, e);
	if (yaml_get(map, "between"))
		read_between(l, yaml_get(map, "between"), e);
	e->known_miss = copy_of(l, map, "known_miss");
	e->documented = copy_of(l, map, "documented");
	if (!l->no_points)
		check_unique(l, map, e);
}

void load_expects(struct loader *l)
{
	const struct yaml *y = yaml_get(l->file, "expect");

	if (!y)
		return;
	if (y->kind != YAML_LIST) {
		gripe(l, y, "expect is a list of expectations, but here is %s",
		      yaml_kind_name(y));
		return;
	}
	join_settings(l, y);
	for (unsigned i = 0; i < y->n; i++)
		read_expect(l, y->entries[i].value);
}
