/* SPDX-License-Identifier: MIT */
/*
 * Figures: checked here, so that a plot never finds a mistake of the
 * scenario's, and handed on as JSON with the scenario's own words for results
 * and settings.
 */
#include "sim/app/load/loader.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

enum figure_kind { LINES, TIME, PERCENTILES, BARS };

static const char *const kinds[] = {"lines", "time", "percentiles", "bars"};
static const char *const scales[] = {"linear", "log"};
static const char *const keys[] = {
	"name",	   "title",   "x",     "y",    "series", "scale_x", "scale_y",
	"label_x", "label_y", "ideal", "band", "at",	 "kind"};

/* One figure in the making. */
struct draft {
	struct loader *l;
	const struct yaml *map;
	enum figure_kind kind;
	json_t *json;
};

/* Checks one word of the figure. */
typedef bool check_fn(struct draft *d, const struct yaml *y, const char *text);

static void put(struct draft *d, const char *key, const char *text)
{
	json_object_set_new(d->json, key, json_string(text));
}

static void put_text(struct draft *d, const char *key)
{
	const struct yaml *y = yaml_get(d->map, key);
	const char *text = y ? text_of(d->l, y, key) : NULL;

	if (text)
		put(d, key, text);
}

/* "; did you mean lines?", or ": write linear or log". */
static const char *instead(const char *typed, const char *const *words,
			   unsigned n, char *out, size_t size)
{
	size_t used = 0;

	if (*meant(typed, words, n, out, size))
		return out;
	for (unsigned i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
					 i == 0	      ? ": write "
					 : i == n - 1 ? " or "
						      : ", ",
					 words[i]);
	return out;
}

/* The index of the key's word among n, 0 if there is no such key. */
static unsigned put_word(struct draft *d, const char *key,
			 const char *const *words, unsigned n)
{
	const struct yaml *y = yaml_get(d->map, key);
	const char *text = y ? text_of(d->l, y, key) : NULL;
	char near[64];

	for (unsigned i = 0; text && i < n; i++) {
		if (strcmp(text, words[i]) == 0) {
			put(d, key, text);
			return i;
		}
	}
	if (text)
		gripe(d->l, y, "\"%.40s\" is no %s of a figure%s", text, key,
		      instead(text, words, n, near, sizeof near));
	return 0;
}

/* A word or a list of words, each checked; always a list in the JSON. */
static void put_list(struct draft *d, const char *key, check_fn *check)
{
	const struct yaml *y = yaml_get(d->map, key);
	json_t *list;

	if (!y)
		return;
	list = json_array();
	for (unsigned i = 0; i < (y->kind == YAML_LIST ? y->n : 1); i++) {
		const struct yaml *word =
			y->kind == YAML_LIST ? y->entries[i].value : y;
		const char *text = text_of(d->l, word, key);

		if (text && check(d, word, text))
			json_array_append_new(list, json_string(text));
	}
	json_object_set_new(d->json, key, list);
}

static bool is_swept(struct draft *d, const struct yaml *y, const char *text)
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

static bool is_result(struct draft *d, const struct yaml *y, const char *text)
{
	switch (d->kind) {
	case LINES:
	case BARS:
		return find_column(d->l, y, text) != NULL;
	case PERCENTILES:
		return find_metric(d->l, y, text, KIND(SPAN), "span");
	case TIME:
		break;
	}
	if (!find_metric(d->l, y, text, SAMPLED, SAMPLED_WORDS))
		return false;
	if (is_sampled(d->l->sc, text))
		return true;
	gripe(d->l, y, "%s can be drawn over time only if samples lists it",
	      text);
	return false;
}

static bool is_banded(struct draft *d, const struct yaml *y, const char *text)
{
	const struct scenario *sc = d->l->sc;

	for (unsigned i = 0; i < sc->n_expects; i++) {
		const struct expect *e = &sc->expects[i];

		if (!e->id || strcmp(e->id, text) != 0)
			continue;
		if (!e->banded)
			gripe(d->l, y, "the expectation %s has no band", text);
		return e->banded;
	}
	gripe(d->l, y, "there is no expectation \"%.60s\"", text);
	return false;
}

static void put_x(struct draft *d)
{
	static const char *const other[] = {
		[TIME] = "time", [PERCENTILES] = "percentile", [BARS] = NULL};
	const struct yaml *y = yaml_get(d->map, "x");
	const char *text = y ? text_of(d->l, y, "x") : NULL;

	if (d->kind == LINES && !y)
		gripe(d->l, d->map,
		      "a figure of lines has an x: a swept "
		      "setting");
	if (!text)
		return;
	if ((d->kind == TIME || d->kind == PERCENTILES)) {
		if (strcmp(text, other[d->kind]) != 0)
			gripe(d->l, y, "x of a figure of kind %s is %s",
			      kinds[d->kind], other[d->kind]);
	} else {
		is_swept(d, y, text);
	}
	put(d, "x", text);
}

static json_t *read_ideal(struct draft *d, const struct yaml *map)
{
	static const char *const known[] = {"label", "sql"};
	const struct yaml *sql = yaml_get(map, "sql");
	const struct yaml *label = yaml_get(map, "label");
	const char *text;
	json_t *ideal = json_object();

	if (map->kind != YAML_MAP || !sql) {
		gripe(d->l, map,
		      "an ideal is {label: …, sql: an expression}, but here is "
		      "%s",
		      sql ? yaml_kind_name(map) : "none");
		return ideal;
	}
	check_keys(d->l, map, "an ideal", known, COUNT(known));
	text = text_of(d->l, sql, "sql");
	if (text)
		json_object_set_new(ideal, "sql", json_string(text));
	text = label ? text_of(d->l, label, "label") : NULL;
	if (text)
		json_object_set_new(ideal, "label", json_string(text));
	return ideal;
}

static void put_ideals(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, "ideal");
	json_t *list;

	if (!y)
		return;
	list = json_array();
	if (y->kind != YAML_LIST)
		json_array_append_new(list, read_ideal(d, y));
	for (unsigned i = 0; y->kind == YAML_LIST && i < y->n; i++)
		json_array_append_new(list, read_ideal(d, y->entries[i].value));
	json_object_set_new(d->json, "ideal", list);
}

/* A value of a setting, or a list of them; NULL after a complaint. */
static json_t *read_pin(struct draft *d, struct setting s,
			const struct yaml *value)
{
	json_t *list = json_array();

	if (value->kind != YAML_LIST) {
		const char *text = setting_value(d->l, s, value);

		json_decref(list);
		return text ? json_string(text) : NULL;
	}
	for (unsigned i = 0; i < value->n; i++) {
		const char *text =
			setting_value(d->l, s, value->entries[i].value);

		if (text)
			json_array_append_new(list, json_string(text));
	}
	return list;
}

static void put_at(struct draft *d)
{
	const struct yaml *at = yaml_get(d->map, "at");
	json_t *pins, *pin;

	if (!at)
		return;
	if (at->kind != YAML_MAP) {
		gripe(d->l, at, "at is a map of settings, but here is %s",
		      yaml_kind_name(at));
		return;
	}
	pins = json_object();
	for (unsigned i = 0; i < at->n; i++) {
		const struct yaml_entry *e = &at->entries[i];
		struct setting s;

		if (!find_setting(d->l, at, e, e->key, &s))
			continue;
		pin = read_pin(d, s, e->value);
		if (pin)
			json_object_set_new(pins, e->key, pin);
	}
	json_object_set_new(d->json, "at", pins);
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

static void put_all(struct draft *d)
{
	put_text(d, "title");
	d->kind = (enum figure_kind)put_word(d, "kind", kinds, COUNT(kinds));
	put_x(d);
	if (!yaml_get(d->map, "y"))
		gripe(d->l, d->map,
		      "a figure has a y: a result, or a list of "
		      "them");
	put_list(d, "y", is_result);
	put_list(d, "series", is_swept);
	put_word(d, "scale_x", scales, COUNT(scales));
	put_word(d, "scale_y", scales, COUNT(scales));
	put_text(d, "label_x");
	put_text(d, "label_y");
	put_ideals(d);
	put_list(d, "band", is_banded);
	put_at(d);
}

static void read_figure(struct loader *l, const struct yaml *map)
{
	struct draft d = {.l = l, .map = map, .json = json_object()};
	const char *name;

	if (map->kind != YAML_MAP) {
		gripe(l, map, "a figure is a map, but here is %s",
		      yaml_kind_name(map));
	} else {
		check_keys(l, map, "a figure", keys, COUNT(keys));
		name = read_name(l, map);
		if (name)
			put(&d, "name", name);
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
