/* SPDX-License-Identifier: MIT */
/* The keys of a figure that are maps: what it is compared with, and which runs
 * it shows. */
#include "sim/app/load/figure.h"

#include <string.h>

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

void figure_put_ideals(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, "ideal");
	json_t *list = json_array();

	if (y->kind != YAML_LIST)
		json_array_append_new(list, read_ideal(d, y));
	for (unsigned i = 0; y->kind == YAML_LIST && i < y->n; i++)
		json_array_append_new(list, read_ideal(d, y->entries[i].value));
	json_object_set_new(d->json, "ideal", list);
}

/* A value that some point has, or would have without --set; NULL after a
 * complaint. */
static const char *read_value(struct draft *d, struct setting s,
			      const struct yaml *y)
{
	const struct scenario *sc = d->l->sc;
	const char *text = setting_value(d->l, s, y);
	int swept = swept_index(sc, s);

	if (!text || d->l->no_points ||
	    (swept < 0 && strcmp(text, setting_base(d->l, s)) == 0))
		return text;
	for (unsigned i = 0; swept >= 0 && i < sc->n_points; i++)
		if (strcmp(sc->points[i].values[swept], text) == 0)
			return text;
	if (swept >= 0 && sc->held)
		return text;
	gripe(d->l, y, "there is no point where %s is %s", setting_key(d->l, s),
	      text);
	return NULL;
}

/* A value of a setting, or a list of them; NULL after a complaint. */
static json_t *read_pin(struct draft *d, struct setting s,
			const struct yaml *value)
{
	json_t *list = json_array();

	if (value->kind != YAML_LIST) {
		const char *text = read_value(d, s, value);

		json_decref(list);
		return text ? json_string(text) : NULL;
	}
	for (unsigned i = 0; i < value->n; i++) {
		const char *text = read_value(d, s, value->entries[i].value);

		if (text)
			json_array_append_new(list, json_string(text));
	}
	return list;
}

void figure_put_at(struct draft *d)
{
	const struct yaml *at = yaml_get(d->map, "at");
	json_t *pins, *pin;

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
