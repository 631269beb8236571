/* SPDX-License-Identifier: MIT */
/*
 * Which point an expectation speaks of.
 *
 * `at` names settings. Those it does not name and the sweep varies take the
 * one value they have among the points that match; if they have several the
 * expectation is ambiguous. Without any `at` it speaks of the point where every
 * setting has its default. A point that is asked for and not in the sweep is
 * added to the experiment. But --set wins: what asks for another value of a
 * setting that it holds is left out, and so is what may be ambiguous only
 * because of that: an axis told its points apart by a setting that stands still
 * now.
 */
#include "sim/app/load/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* Adds a setting to the swept ones; all points so far have its base value. */
static void join(struct loader *l, struct setting s)
{
	struct scenario *sc = l->sc;
	unsigned n = sc->n_swept + 1;
	const char *base = setting_base(l, s);

	*mem_push(sc->swept, sc->n_swept) = s;
	sc->held |= is_set(sc, s);
	for (unsigned i = 0; i < sc->n_points; i++) {
		char **values = mem_new(n, sizeof *values);

		memcpy(values, sc->points[i].values, (n - 1) * sizeof *values);
		values[n - 1] = (char *)base;
		free(sc->points[i].values);
		sc->points[i].values = values;
	}
}

static void join_at(struct loader *l, const struct yaml *at)
{
	struct setting s;

	if (at->kind != YAML_MAP) {
		gripe(l, at, "at is a map of settings, but here is %s",
		      yaml_kind_name(at));
		return;
	}
	for (unsigned i = 0; i < at->n; i++)
		if (find_setting(l, at, &at->entries[i], at->entries[i].key,
				 &s) &&
		    swept_index(l->sc, s) < 0)
			join(l, s);
}

void join_settings(struct loader *l, const struct yaml *expects)
{
	for (unsigned i = 0; i < expects->n; i++) {
		const struct yaml *at =
			yaml_get(expects->entries[i].value, "at");

		if (at)
			join_at(l, at);
	}
}

/* What `at` says, by index of scenario.swept; the rest stays NULL. */
static bool read_wanted(struct loader *l, const struct yaml *at,
			const char **wanted)
{
	struct setting s;
	bool good = true;

	for (unsigned i = 0; at->kind == YAML_MAP && i < at->n; i++) {
		const struct yaml_entry *e = &at->entries[i];
		const char *value;

		if (!lookup_setting(l, e->key, &s))
			continue;
		value = setting_value(l, s, e->value);
		good = good && value;
		wanted[swept_index(l->sc, s)] = value;
	}
	return good;
}

static bool matches(const struct loader *l, const struct point *p,
		    const char *const *wanted)
{
	for (unsigned i = 0; i < l->n_sweep_settings; i++)
		if (wanted[i] && p->values[i] != wanted[i])
			return false;
	return true;
}

/* The one value that each setting has among the matching points of the sweep.
 * Returns how many match; several[i]: it has more than one. */
static unsigned gather(const struct loader *l, const char *const *wanted,
		       const char **value, bool *several)
{
	unsigned n = 0;

	for (unsigned p = 0; p < l->n_sweep_points; p++) {
		const struct point *point = &l->sc->points[p];

		if (!matches(l, point, wanted))
			continue;
		n++;
		for (unsigned i = 0; i < l->n_sweep_settings; i++) {
			if (value[i] && value[i] != point->values[i])
				several[i] = true;
			value[i] = point->values[i];
		}
	}
	return n;
}

static void complain_ambiguous(struct loader *l, const struct yaml *where,
			       const char *const *wanted, const bool *several,
			       unsigned n)
{
	char names[512] = "";
	size_t used = 0;

	for (unsigned i = 0; i < l->n_sweep_settings; i++)
		if (several[i] && !wanted[i] && used < sizeof names)
			used += (size_t)snprintf(
				names + used, sizeof names - used, "%s%s",
				used ? ", " : "",
				setting_key(l, l->sc->swept[i]));
	gripe(l, where, "%u points match; say in at which one is meant: add %s",
	      n, names);
}

static bool is_of_held_axis(const struct loader *l, unsigned setting)
{
	for (unsigned i = 0; i < l->n_axes; i++)
		for (unsigned j = 0; j < l->axes[i].n_settings; j++)
			if (l->axes[i].settings[j] == setting)
				return l->axes[i].held;
	return false;
}

/* Fills in what `at` left open. False: it is ambiguous, *left_out: by --set. */
static bool complete(struct loader *l, const struct yaml *at,
		     const struct yaml *where, const char **wanted,
		     bool *left_out)
{
	unsigned n_swept = l->sc->n_swept, n;
	const char **none = mem_new(n_swept, sizeof *none);
	const char **value = mem_new(n_swept, sizeof *value);
	bool *several = mem_new(n_swept, sizeof *several);
	bool good = true, by_set = true;

	n = gather(l, wanted, value, several);
	if (n == 0)
		n = gather(l, none, value, several);
	for (unsigned i = 0; i < n_swept; i++) {
		if (wanted[i])
			continue;
		if (at && several[i]) {
			good = false;
			by_set = by_set && is_of_held_axis(l, i);
		} else if (i < l->n_sweep_settings && !several[i])
			wanted[i] = value[i];
		else
			wanted[i] = setting_base(l, l->sc->swept[i]);
	}
	*left_out = !good && by_set;
	if (!good && !by_set)
		complain_ambiguous(l, where, wanted, several, n);
	free(none);
	free(value);
	free(several);
	return good;
}

/* The point with these values; a new one if there is none. Takes them. */
static unsigned point_with(struct scenario *sc, const char **wanted)
{
	size_t size = sc->n_swept * sizeof *wanted;

	for (unsigned p = 0; p < sc->n_points; p++) {
		if (size && memcmp(sc->points[p].values, wanted, size) != 0)
			continue;
		free(wanted);
		return p;
	}
	mem_push(sc->points, sc->n_points)->values = (char **)wanted;
	return sc->n_points - 1;
}

/* Another value of a setting than --set holds it at. */
static bool is_held_elsewhere(struct loader *l, const char *const *wanted)
{
	for (unsigned i = 0; i < l->sc->n_swept; i++) {
		struct setting s = l->sc->swept[i];

		if (wanted[i] && is_set(l->sc, s) &&
		    wanted[i] != setting_base(l, s))
			return true;
	}
	return false;
}

static bool is_complete(const struct scenario *sc, const char *const *wanted)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (!wanted[i])
			return false;
	return true;
}

bool find_point(struct loader *l, const struct yaml *expect,
		const struct yaml *at, unsigned *point, bool *left_out)
{
	const char **wanted;
	bool good;

	if (l->no_points)
		return false;
	wanted = mem_new(l->sc->n_swept, sizeof *wanted);
	good = !at || read_wanted(l, at, wanted);
	*left_out = good && is_held_elsewhere(l, wanted);
	if (good && !*left_out && !is_complete(l->sc, wanted))
		good = complete(l, at, at ? at : expect, wanted, left_out);
	if (!good || *left_out) {
		free(wanted);
		return false;
	}
	*point = point_with(l->sc, wanted);
	return true;
}
