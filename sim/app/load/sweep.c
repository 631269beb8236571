/* SPDX-License-Identifier: MIT */
/*
 * The sweep: axes multiply in the order of the file, the first one slowest.
 * Most axes vary one setting; one of `zip` advances several together.
 */
#include "sim/app/load/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* What all points of an experiment must have in common. */
static bool may_vary(const struct scenario *sc, struct setting s)
{
	const char *name = setting_row(sc, s)->name;

	return s.stage != 0 ||
	       (strcmp(name, "seeds") != 0 && strcmp(name, "seed") != 0);
}

/* Makes a setting a swept one. False: complained about. */
static bool claim(struct loader *l, const struct yaml *map,
		  const struct yaml_entry *e, unsigned *index)
{
	struct setting s;

	if (!find_setting(l, map, e, e->key, &s))
		return false;
	if (!may_vary(l->sc, s)) {
		gripe_key(l, map, e,
			  "%s is the same for all points; set it under run",
			  e->key);
		return false;
	}
	if (swept_index(l->sc, s) >= 0) {
		gripe_key(l, map, e, "%s is swept twice", e->key);
		return false;
	}
	*index = l->sc->n_swept;
	*mem_push(l->sc->swept, l->sc->n_swept) = s;
	return true;
}

bool is_set(const struct scenario *sc, struct setting s)
{
	const char *source = sc->stages[s.stage].sources[s.row];

	return source && strcmp(source, "set") == 0;
}

/* One more setting of the axis, with its values. */
static bool extend(struct loader *l, const struct yaml *map,
		   const struct yaml_entry *e, struct axis *axis)
{
	const char **values;
	unsigned index, n;

	if (!claim(l, map, e, &index))
		return false;
	values = read_values(l, l->sc->swept[index], e->value, &n);
	if (!values)
		return false;
	if (axis->n_settings == 0) {
		axis->n_steps = n;
		axis->steps = mem_new(n, sizeof *axis->steps);
		for (unsigned i = 0; i < n; i++)
			axis->steps[i] = mem_new(map->n, sizeof **axis->steps);
	}
	if (n != axis->n_steps) {
		gripe_key(l, map, e,
			  "%s has %u value%s, but %s, zipped with it, has %u",
			  e->key, n, n == 1 ? "" : "s", map->entries[0].key,
			  axis->n_steps);
		free(values);
		return false;
	}
	for (unsigned i = 0; i < n; i++)
		axis->steps[i][axis->n_settings] = values[i];
	*mem_push(axis->settings, axis->n_settings) = index;
	free(values);
	return true;
}

/* --set wins: the setting stands still at its value. */
static void hold(struct loader *l, struct axis *axis)
{
	for (unsigned j = 0; j < axis->n_settings; j++) {
		struct setting s = l->sc->swept[axis->settings[j]];

		if (!is_set(l->sc, s))
			continue;
		for (unsigned i = 0; i < axis->n_steps; i++)
			axis->steps[i][j] = setting_base(l, s);
	}
}

static bool same_step(const struct axis *axis, unsigned a, unsigned b)
{
	for (unsigned j = 0; j < axis->n_settings; j++)
		if (axis->steps[a][j] != axis->steps[b][j])
			return false;
	return true;
}

/* What has become the same by --set is kept once. */
static void drop_repeated(struct axis *axis)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < axis->n_steps; i++) {
		bool repeated = false;

		for (unsigned k = 0; k < kept && !repeated; k++)
			repeated = same_step(axis, i, k);
		if (repeated)
			free(axis->steps[i]);
		else
			axis->steps[kept++] = axis->steps[i];
	}
	axis->n_steps = kept;
}

/* A list may say the same twice by mistake; a range cannot. */
static void complain_repeated(struct loader *l, const struct yaml *map,
			      const struct axis *axis)
{
	const struct yaml *list = map->entries[0].value;

	for (unsigned i = 1; list->kind == YAML_LIST && i < axis->n_steps;
	     i++) {
		unsigned first = 0;

		while (!same_step(axis, first, i))
			first++;
		if (first == i)
			continue;
		gripe(l, list->entries[i].value,
		      axis->n_settings == 1
			      ? "value %u of %s is the same as value %u"
			      : "value %u of %s and what is zipped with it is "
				"the same as value %u",
		      i + 1, map->entries[0].key, first + 1);
		l->no_points = true;
	}
}

static void finish_axis(struct loader *l, const struct yaml *map,
			struct axis *axis)
{
	for (unsigned j = 0; j < axis->n_settings; j++)
		axis->held |= is_set(l->sc, l->sc->swept[axis->settings[j]]);
	if (!axis->held) {
		complain_repeated(l, map, axis);
		return;
	}
	l->sc->held = true;
	hold(l, axis);
	drop_repeated(axis);
}

static void read_axis(struct loader *l, const struct yaml *map,
		      const struct yaml_entry *e)
{
	struct axis *axis = mem_push(l->axes, l->n_axes);
	const struct yaml alone = {.kind = YAML_MAP,
				   .file = map->file,
				   .entries = (struct yaml_entry *)e,
				   .n = 1};

	if (extend(l, &alone, e, axis))
		finish_axis(l, &alone, axis);
	else
		l->no_points = true;
}

static void read_zip_map(struct loader *l, const struct yaml *map)
{
	struct axis *axis;

	if (map->kind != YAML_MAP || map->n < 2) {
		gripe(l, map,
		      "zip is a list of maps of two or more settings, but "
		      "here is %s",
		      map->kind == YAML_MAP ? "a map of fewer"
					    : yaml_kind_name(map));
		l->no_points = true;
		return;
	}
	axis = mem_push(l->axes, l->n_axes);
	for (unsigned i = 0; i < map->n; i++)
		if (!extend(l, map, &map->entries[i], axis))
			l->no_points = true;
	if (!l->no_points)
		finish_axis(l, map, axis);
}

static void read_zip(struct loader *l, const struct yaml *y)
{
	if (y->kind == YAML_MAP) {
		read_zip_map(l, y);
	} else if (y->kind == YAML_LIST) {
		for (unsigned i = 0; i < y->n; i++)
			read_zip_map(l, y->entries[i].value);
	} else {
		gripe(l, y, "zip is a list of maps, but here is %s",
		      yaml_kind_name(y));
		l->no_points = true;
	}
}

/* Every combination of steps: its values in the order of scenario.swept. */
static void combine(const struct loader *l, uint64_t index, const char **values)
{
	for (unsigned i = l->n_axes; i-- > 0;) {
		const struct axis *axis = &l->axes[i];
		const char **step = axis->steps[index % axis->n_steps];

		for (unsigned j = 0; j < axis->n_settings; j++)
			values[axis->settings[j]] = step[j];
		index /= axis->n_steps;
	}
}

/* 0: too many. */
static uint64_t count_points(const struct loader *l)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < l->n_axes; i++) {
		n *= l->axes[i].n_steps;
		if (n > MOST_POINTS)
			return 0;
	}
	return n;
}

static void make_points(struct loader *l, const struct yaml *sweep,
			const struct where *where)
{
	struct scenario *sc = l->sc;
	uint64_t n = count_points(l);
	const char **values = mem_new(sc->n_swept, sizeof *values);

	if (n == 0) {
		gripe(l, sweep, "this sweep has more than %d points",
		      MOST_POINTS);
		l->no_points = true;
	}
	for (uint64_t i = 0; i < n; i++) {
		combine(l, i, values);
		if (where && !where_keeps(where, sc, values))
			continue;
		mem_push(sc->points, sc->n_points)->values = (char **)values;
		values = mem_new(sc->n_swept, sizeof *values);
	}
	free(values);
	if (n && sc->n_points == 0) {
		gripe(l, yaml_get(sweep, "where"),
		      "where leaves no point of the sweep");
		l->no_points = true;
	}
}

static void read_axes(struct loader *l, const struct yaml *sweep)
{
	if (sweep->kind != YAML_MAP) {
		gripe(l, sweep, "sweep is a map of settings, but here is %s",
		      yaml_kind_name(sweep));
		l->no_points = true;
		return;
	}
	for (unsigned i = 0; i < sweep->n; i++) {
		const struct yaml_entry *e = &sweep->entries[i];

		if (strcmp(e->key, "zip") == 0)
			read_zip(l, e->value);
		else if (strcmp(e->key, "where") != 0)
			read_axis(l, sweep, e);
	}
}

void load_sweep(struct loader *l)
{
	const struct yaml *sweep = yaml_get(l->file, "sweep");
	const struct yaml *conditions = yaml_get(sweep, "where");
	struct where *where = NULL;

	if (sweep)
		read_axes(l, sweep);
	if (conditions && !l->no_points) {
		where = where_read(l, conditions);
		l->no_points = !where;
	}
	if (!l->no_points)
		make_points(l, sweep, where);
	where_free(where);
	l->n_sweep_settings = l->sc->n_swept;
	l->n_sweep_points = l->sc->n_points;
}
