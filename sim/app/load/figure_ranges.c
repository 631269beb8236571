/* SPDX-License-Identifier: MIT */
/* Bars: what is documented of each, by the value of x it stands at; and whether
 * they are stacked. */
#include "sim/app/load/figure.h"

#include <math.h>
#include <string.h>

/* The unit of the figure's first result; NULL: it has none. */
static const char *unit_of_bars(struct draft *d)
{
	const char *name = json_string_value(
		json_array_get(json_object_get(d->json, "y"), 0));

	for (unsigned i = 0; name && i < d->l->n_columns; i++)
		if (strcmp(d->l->columns[i].name, name) == 0)
			return d->l->columns[i].unit;
	return NULL;
}

static json_t *end_of(double value)
{
	return isinf(value) ? json_null() : json_real(value);
}

/* [low, high], or an expectation's id. NULL: complained about. */
static json_t *read_range(struct draft *d, const struct yaml *y,
			  const char *unit)
{
	double low, high;

	if (y->kind == YAML_TEXT && y->text)
		return figure_is_banded(d, y, y->text) ? json_string(y->text)
						       : NULL;
	if (y->kind != YAML_LIST || y->n != 2) {
		gripe(d->l, y,
		      "a range is [low, high], or an expectation that has "
		      "one, but here is %s",
		      yaml_kind_name(y));
		return NULL;
	}
	if (!unit ||
	    !read_bound(d->l, y->entries[0].value, unit, -INFINITY, &low) ||
	    !read_bound(d->l, y->entries[1].value, unit, INFINITY, &high))
		return NULL;
	if (low <= high)
		return json_pack("[oo]", end_of(low), end_of(high));
	gripe(d->l, y,
	      "the range is empty: its low end is above its high "
	      "end");
	return NULL;
}

static void put_range(struct draft *d, struct setting x, const struct yaml *map,
		      const struct yaml_entry *e, json_t *ranges)
{
	const struct yaml key = {.kind = YAML_TEXT,
				 .file = map->file,
				 .line = e->line,
				 .column = e->column,
				 .text = e->key};
	const char *at = setting_value(d->l, x, &key);
	json_t *range = read_range(d, e->value, unit_of_bars(d));

	if (at && range)
		json_object_set(ranges, at, range);
	json_decref(range);
}

void figure_put_ranges(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, "ranges");
	const char *x = json_string_value(json_object_get(d->json, "x"));
	json_t *ranges;
	struct setting s;

	if (y->kind != YAML_MAP) {
		gripe(d->l, y, "ranges is a map of values of x, but here is %s",
		      yaml_kind_name(y));
		return;
	}
	if (!x) {
		gripe(d->l, y, "ranges stand at values of x, and here is no x");
		return;
	}
	if (!lookup_setting(d->l, x, &s))
		return; /* complained about */
	ranges = json_object();
	for (unsigned i = 0; i < y->n; i++)
		put_range(d, s, y, &y->entries[i], ranges);
	json_object_set_new(d->json, "ranges", ranges);
}

/* Parts of a bar are compared by their lengths. */
void figure_put_stacked(struct draft *d)
{
	static const char *const words[] = {"no", "yes"};
	const char *scale =
		json_string_value(json_object_get(d->json, "scale_y"));

	if (figure_put_word(d, "stacked", words, COUNT(words)) && scale &&
	    strcmp(scale, "log") == 0)
		gripe(d->l, yaml_get(d->map, "stacked"),
		      "bars are stacked on a linear scale_y, not on a "
		      "logarithmic one");
}
