/* SPDX-License-Identifier: MIT */
/* `where` keeps the points that match any of its maps. */
#include "sim/app/load/loader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* Of one setting: any of some values, or between two. */
struct condition {
	unsigned swept;
	const char **values;
	unsigned n;
	bool range;
	double from, to;
};

struct clause {
	struct condition *all;
	unsigned n;
};

struct where {
	struct clause *clauses;
	unsigned n;
	/* By index of scenario.swept: does a range ask for its number, and
	 * which is it at the point in question? */
	bool *ranged;
	double *numbers;
};

static bool number_of(const struct param *row, const char *text, double *out)
{
	union {
		int64_t integer;
		double real;
	} field;
	char why[512];

	return param_unit(row)[0] &&
	       param_parse(row, text, &field, why, sizeof why) &&
	       param_number(row, &field, out);
}

static bool read_limit(struct loader *l, struct setting s,
		       const struct yaml *map, const char *key, double *out)
{
	const struct yaml *y = yaml_get(map, key);
	const char *text;

	if (!y || (y->kind == YAML_TEXT && !y->text))
		return true;
	text = setting_value(l, s, y);
	return text && number_of(setting_row(l->sc, s), text, out);
}

static bool read_between(struct loader *l, struct setting s,
			 const struct yaml *map, struct condition *c)
{
	static const char *const keys[] = {"from", "to"};
	bool good;

	check_keys(l, map, "a condition", keys, COUNT(keys));
	if (param_unit(setting_row(l->sc, s))[0] == '\0') {
		gripe(l, map, "%s is not a number; name its values in a list",
		      setting_key(l, s));
		return false;
	}
	c->range = true;
	c->from = -INFINITY;
	c->to = INFINITY;
	good = read_limit(l, s, map, "from", &c->from);
	return read_limit(l, s, map, "to", &c->to) && good;
}

static bool read_condition(struct loader *l, const struct yaml *map,
			   const struct yaml_entry *e, struct condition *c)
{
	const struct yaml *y = e->value;
	struct setting s;
	const char *text;
	bool good = true;
	int swept;

	if (!find_setting(l, map, e, e->key, &s))
		return false;
	swept = swept_index(l->sc, s);
	if (swept < 0) {
		gripe_key(l, map, e, "%s is not swept", e->key);
		return false;
	}
	c->swept = (unsigned)swept;
	if (y->kind == YAML_MAP)
		return read_between(l, s, y, c);
	for (unsigned i = 0; y->kind == YAML_LIST && i < y->n; i++) {
		text = setting_value(l, s, y->entries[i].value);
		good = good && text;
		*mem_push(c->values, c->n) = text;
	}
	if (y->kind == YAML_TEXT) {
		text = setting_value(l, s, y);
		good = text != NULL;
		*mem_push(c->values, c->n) = text;
	}
	return good;
}

static bool read_clause(struct loader *l, const struct yaml *map,
			struct clause *clause)
{
	bool good = true;

	if (map->kind != YAML_MAP) {
		gripe(l, map,
		      "where is a list of maps of settings, but here is %s",
		      yaml_kind_name(map));
		return false;
	}
	for (unsigned i = 0; i < map->n; i++)
		good = read_condition(l, map, &map->entries[i],
				      mem_push(clause->all, clause->n)) &&
		       good;
	return good;
}

struct where *where_read(struct loader *l, const struct yaml *y)
{
	struct where *w = mem_new(1, sizeof *w);
	bool good = true;

	if (y->kind != YAML_LIST) {
		good = read_clause(l, y, mem_push(w->clauses, w->n));
	} else {
		for (unsigned i = 0; i < y->n; i++)
			good = read_clause(l, y->entries[i].value,
					   mem_push(w->clauses, w->n)) &&
			       good;
	}
	if (!good) {
		where_free(w);
		return NULL;
	}
	w->numbers = mem_new(l->sc->n_swept, sizeof *w->numbers);
	w->ranged = mem_new(l->sc->n_swept, sizeof *w->ranged);
	for (unsigned i = 0; i < w->n; i++)
		for (unsigned j = 0; j < w->clauses[i].n; j++)
			if (w->clauses[i].all[j].range)
				w->ranged[w->clauses[i].all[j].swept] = true;
	return w;
}

/* Texts are read once a point, not once a condition. */
static void read_numbers(const struct where *w, const struct scenario *sc,
			 const char *const *values)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (w->ranged[i] && !number_of(setting_row(sc, sc->swept[i]),
					       values[i], &w->numbers[i]))
			w->numbers[i] = NAN;
}

static bool holds(const struct where *w, const struct condition *c,
		  const char *const *values)
{
	if (c->range)
		return w->numbers[c->swept] >= c->from &&
		       w->numbers[c->swept] <= c->to;
	for (unsigned i = 0; i < c->n; i++)
		if (c->values[i] == values[c->swept])
			return true;
	return false;
}

bool where_keeps(const struct where *w, const struct scenario *sc,
		 const char *const *values)
{
	read_numbers(w, sc, values);
	for (unsigned i = 0; i < w->n; i++) {
		const struct clause *clause = &w->clauses[i];
		bool all = true;

		for (unsigned j = 0; j < clause->n && all; j++)
			all = holds(w, &clause->all[j], values);
		if (all)
			return true;
	}
	return false;
}

void where_free(struct where *w)
{
	if (!w)
		return;
	for (unsigned i = 0; i < w->n; i++) {
		for (unsigned j = 0; j < w->clauses[i].n; j++)
			free(w->clauses[i].all[j].values);
		free(w->clauses[i].all);
	}
	free(w->clauses);
	free(w->ranged);
	free(w->numbers);
	free(w);
}
