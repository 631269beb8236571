/* SPDX-License-Identifier: MIT */
/* The panels of a figure that shows one run from several sides. */
#include "sim/app/load/figure.h"

#include <string.h>

#define MOST_PANELS 6
#define MOST_CURVES 12 /* of a panel */

enum panel_kind { SMOOTH, STEPS, STATES };

static const char *const kinds[] = {"lines", "steps", "states"};
static const char *const keys[] = {"y", "title", "kind", "scale_y"};

/* The unit of what is sampled; NULL: nobody knows it. */
static const char *unit_of(struct loader *l, const char *probe)
{
	size_t n = strlen(probe);

	for (unsigned i = 0; i < l->n_columns; i++) {
		const struct column *c = &l->columns[i];

		if (strncmp(c->name, probe, n) == 0 &&
		    (!c->name[n] || strcmp(c->name + n, ".mean") == 0))
			return c->unit;
	}
	return NULL;
}

/* Curves of one panel share its scale. */
static void check_units(struct draft *d, const json_t *list)
{
	const char *first = json_string_value(json_array_get(list, 0));
	const char *unit = first ? unit_of(d->l, first) : NULL, *other;

	for (size_t i = 1; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		other = unit_of(d->l, name);
		if (unit && other && strcmp(unit, other) != 0)
			gripe(d->l, yaml_get(d->map, "y"),
			      "%s is in %s and %s in %s: they need a panel "
			      "each",
			      first, unit, name, other);
	}
}

static void put_panel(struct draft *d)
{
	enum panel_kind kind;
	const json_t *list;

	check_keys(d->l, d->map, "a panel", keys, COUNT(keys));
	if (!yaml_get(d->map, "y"))
		gripe(d->l, d->map,
		      "a panel has a y: what is sampled, or a "
		      "list of it");
	figure_put_text(d, "title");
	kind = (enum panel_kind)figure_put_word(d, "kind", kinds, COUNT(kinds));
	figure_put_list(d, "y", figure_is_sampled);
	figure_put_scale(d, "scale_y");
	list = json_object_get(d->json, "y");
	if (json_array_size(list) > MOST_CURVES)
		gripe(d->l, yaml_get(d->map, "y"),
		      "a panel shows at most %d things", MOST_CURVES);
	if (kind != STATES)
		check_units(d, list);
}

static json_t *read_panel(struct draft *figure, const struct yaml *map)
{
	struct draft d = {.l = figure->l,
			  .map = map,
			  .what = "a panel",
			  .kind = PANELS,
			  .json = json_object()};

	if (map->kind == YAML_MAP)
		put_panel(&d);
	else
		gripe(d.l, map, "a panel is a map, but here is %s",
		      yaml_kind_name(map));
	return d.json;
}

void figure_put_panels(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, "panels");
	json_t *list;

	if (y->kind != YAML_LIST || y->n == 0) {
		gripe(d->l, y, "panels is a list of panels, but here is %s",
		      y->kind == YAML_LIST ? "an empty one"
					   : yaml_kind_name(y));
		return;
	}
	if (y->n > MOST_PANELS)
		gripe(d->l, y, "a figure has at most %d panels", MOST_PANELS);
	list = json_array();
	for (unsigned i = 0; i < y->n; i++)
		json_array_append_new(list, read_panel(d, y->entries[i].value));
	json_object_set_new(d->json, "panels", list);
}
