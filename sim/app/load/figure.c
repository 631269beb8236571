/* SPDX-License-Identifier: MIT */
/*
 * Figures: checked here, so that a plot never finds a mistake of the
 * scenario's, and handed on as JSON with the scenario's own words for results
 * and settings.
 */
#include "sim/app/load/figure.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

static const char *const kinds[] = {"lines",	"time",	  "percentiles", "bars",
				    "expected", "stalls", "panels"};
bool figure_is_swept(struct draft *d, const struct yaml *y, const char *text)
{
	const struct yaml_entry here = {.line = y->line, .column = y->column};
	struct setting s;

	if (!find_setting(d->l, y, &here, text, &s))
		return false;
	if (swept_index(d->l->sc, s) >= 0)
		return true;
	gripe(d->l, y, "%s is not swept, so nothing can be drawn over it",
	      text);
	return false;
}

bool figure_is_sampled(struct draft *d, const struct yaml *y, const char *text)
{
	if (!find_metric(d->l, y, text, SAMPLED, SAMPLED_WORDS))
		return false;
	if (is_sampled(d->l->sc, text))
		return true;
	gripe(d->l, y, "%s can be drawn over time only if samples lists it",
	      text);
	return false;
}

static bool is_result(struct draft *d, const struct yaml *y, const char *text)
{
	switch (d->kind) {
	case LINES:
	case BARS:
		return find_column(d->l, y, text) != NULL;
	case PERCENTILES:
		return find_metric(d->l, y, text, KIND(SPAN), "span");
	default:
		return figure_is_sampled(d, y, text);
	}
}

/* Of several with one id, any may have the band. */
bool figure_is_banded(struct draft *d, const struct yaml *y, const char *text)
{
	const struct scenario *sc = d->l->sc;
	bool known = false, banded = false;

	for (unsigned i = 0; i < sc->n_expects; i++) {
		const struct expect *e = &sc->expects[i];
		bool here = e->id && strcmp(e->id, text) == 0;

		known |= here;
		banded |= here && (e->banded || d->kind == EXPECTED);
	}
	if (!known)
		gripe(d->l, y, "there is no expectation \"%.60s\"", text);
	else if (!banded)
		gripe(d->l, y, "the expectation %s has no band", text);
	return banded;
}

static void put_x(struct draft *d)
{
	static const char *const other[] = {
		[TIME] = "time", [PERCENTILES] = "percentile", [BARS] = NULL};
	const struct yaml *y = yaml_get(d->map, "x");
	const char *text = y ? text_of(d->l, y, "x") : NULL;

	if (!text)
		return;
	if ((d->kind == TIME || d->kind == PERCENTILES)) {
		if (strcmp(text, other[d->kind]) != 0)
			gripe(d->l, y, "x of a figure of kind %s is %s",
			      kinds[d->kind], other[d->kind]);
	} else {
		figure_is_swept(d, y, text);
	}
	figure_put(d, "x", text);
}

static bool is_figure_name(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!islower((unsigned char)*p) &&
		    !isdigit((unsigned char)*p) && *p != '-' && *p != '_')
			return false;
	return *text && strlen(text) <= MOST_NAME;
}

/* The figure's name, if it is a good one and not yet taken. */
static const char *read_name(struct loader *l, const struct yaml *map)
{
	const struct yaml *y = yaml_get(map, "name");
	const char *name = y ? text_of(l, y, "name") : NULL;

	if (!y)
		gripe(l, map, "a figure has a name; here is none");
	if (!name)
		return NULL;
	if (!is_figure_name(name)) {
		gripe(l, y,
		      "\"%.60s\" is no name of a figure: write at most %d of "
		      "a-z, 0-9, - and _",
		      name, MOST_NAME);
		return NULL;
	}
	for (unsigned i = 0; i < l->sc->n_figures; i++) {
		if (strcmp(l->sc->figures[i].name, name) != 0)
			continue;
		gripe(l, y, "there is a figure %s already", name);
		return NULL;
	}
	return name;
}

static void put_text(struct draft *d)
{
	figure_put_text(d, d->key);
}

static void put_scale(struct draft *d)
{
	figure_put_scale(d, d->key);
}

static void put_y(struct draft *d)
{
	figure_put_list(d, "y", is_result);
}

static void put_series(struct draft *d)
{
	if (d->kind == STALLS)
		figure_put_lanes(d);
	else
		figure_put_list(d, "series", figure_is_swept);
}

static void put_bands(struct draft *d)
{
	figure_put_list(d, "band", figure_is_banded);
}

#define IN(kind) (1u << (kind))
#define RESULTS	 (IN(LINES) | IN(TIME) | IN(PERCENTILES) | IN(BARS))
#define ANY	 (RESULTS | IN(EXPECTED) | IN(STALLS) | IN(PANELS))

/* Which keys there are, and in which kinds of figures. */
static const struct figure_key {
	const char *name;
	unsigned kinds;
	void (*put)(struct draft *d);
} keys[] = {
	{"name", ANY, NULL},
	{"kind", ANY, NULL},
	{"title", ANY, put_text},
	{"x", RESULTS, put_x},
	{"y", RESULTS, put_y},
	{"series", RESULTS | IN(STALLS), put_series},
	{"scale_x", RESULTS, put_scale},
	{"scale_y", RESULTS, put_scale},
	{"label_x", RESULTS | IN(STALLS) | IN(PANELS), put_text},
	{"label_y", RESULTS | IN(EXPECTED), put_text},
	{"ideal", RESULTS, figure_put_ideals},
	{"band", RESULTS | IN(EXPECTED), put_bands},
	{"at", RESULTS | IN(STALLS) | IN(PANELS), figure_put_at},
	{"marks", IN(STALLS), figure_put_marks},
	{"ranges", IN(BARS), figure_put_ranges},
	{"stacked", IN(BARS), figure_put_stacked},
	{"panels", IN(PANELS), figure_put_panels},
	{"around", IN(PANELS), figure_put_around},
	{"margin", IN(PANELS), figure_put_time},
	{"from", IN(PANELS) | IN(STALLS), figure_put_time},
	{"to", IN(PANELS) | IN(STALLS), figure_put_time},
};

static const struct yaml_entry *entry_of(const struct yaml *map,
					 const char *key)
{
	for (unsigned i = 0; i < map->n; i++)
		if (strcmp(map->entries[i].key, key) == 0)
			return &map->entries[i];
	return NULL;
}

/* What a figure of its kind cannot do without. */
static void check_needs(struct draft *d)
{
	static const struct {
		const char *key, *words;
	} needs[] = {
		[LINES] = {"x", "a figure of lines has an x: a swept setting"},
		[EXPECTED] = {"band", "a figure of kind expected has a band: "
				      "a list of expectations"},
		[PANELS] = {"panels", "a figure of kind panels has a list of "
				      "panels"},
	};

	if (d->kind < COUNT(needs) && needs[d->kind].key &&
	    !yaml_get(d->map, needs[d->kind].key))
		gripe(d->l, d->map, "%s", needs[d->kind].words);
	if ((RESULTS & IN(d->kind)) && !yaml_get(d->map, "y"))
		gripe(d->l, d->map,
		      "a figure has a y: a result, or a list of "
		      "them");
}

/* Of a kind that nobody knows, no key is told to be out of place. */
static void put_all(struct draft *d)
{
	bool known;

	d->kind = (enum figure_kind)figure_put_word(d, "kind", kinds,
						    COUNT(kinds));
	known = !yaml_get(d->map, "kind") || json_object_get(d->json, "kind");
	if (known)
		check_needs(d);
	for (unsigned i = 0; i < COUNT(keys); i++) {
		const struct yaml_entry *e = entry_of(d->map, keys[i].name);

		d->key = keys[i].name;
		if (!e || !keys[i].put)
			continue;
		if (keys[i].kinds & IN(d->kind))
			keys[i].put(d);
		else if (known)
			gripe_key(d->l, d->map, e,
				  "%s means nothing in a figure of kind %s",
				  e->key, kinds[d->kind]);
	}
	if (d->kind == PANELS || d->kind == STALLS)
		figure_check_stretch(d);
}

static void check_known(struct loader *l, const struct yaml *map)
{
	const char *known[COUNT(keys)];

	for (unsigned i = 0; i < COUNT(keys); i++)
		known[i] = keys[i].name;
	check_keys(l, map, "a figure", known, COUNT(known));
}

static void read_figure(struct loader *l, const struct yaml *map)
{
	struct draft d = {
		.l = l, .map = map, .what = "a figure", .json = json_object()};
	const char *name;

	if (map->kind != YAML_MAP) {
		gripe(l, map, "a figure is a map, but here is %s",
		      yaml_kind_name(map));
	} else {
		check_known(l, map);
		name = read_name(l, map);
		if (name)
			figure_put(&d, "name", name);
		put_all(&d);
		if (name)
			*mem_push(l->sc->figures,
				  l->sc->n_figures) = (struct figure_conf){
				.name = mem_text(name),
				.json = json_dumps(d.json, JSON_COMPACT)};
	}
	json_decref(d.json);
}

void load_figures(struct loader *l)
{
	const struct yaml *y = yaml_get(l->file, "figures");

	if (!y)
		return;
	if (y->kind != YAML_LIST) {
		gripe(l, y, "figures is a list of figures, but here is %s",
		      yaml_kind_name(y));
		return;
	}
	for (unsigned i = 0; i < y->n; i++)
		read_figure(l, y->entries[i].value);
}
