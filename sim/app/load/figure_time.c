/* SPDX-License-Identifier: MIT */
/*
 * What figures of lost wakeups and of one run over time have: times, marks,
 * lanes. In JSON times are in ns, as results are.
 */
#include "sim/app/load/figure.h"

#include <stdio.h>
#include <string.h>

#define PS_PER_NS 1000.

/* In ns; false: complained about. */
static bool read_time(struct draft *d, const struct yaml *y, const char *text,
		      double *ns)
{
	static const struct param row = {.name = "a time", .kind = PARAM_TIME};
	char why[512];
	sim_time ps;

	if (!param_parse(&row, text, &ps, why, sizeof why)) {
		gripe(d->l, y, "%s", why);
		return false;
	}
	*ns = (double)ps / PS_PER_NS;
	return true;
}

void figure_put_time(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, d->key);
	const char *text = text_of(d->l, y, d->key);
	double ns;

	if (text && read_time(d, y, text, &ns))
		json_object_set_new(d->json, d->key, json_real(ns));
}

/* A mark may stand at a setting that is a time: then it moves with it. */
static const char *time_of_setting(struct draft *d, const struct yaml *y,
				   const char *text)
{
	struct setting s;

	if (!lookup_setting(d->l, text, &s))
		return text;
	if (setting_row(d->l->sc, s)->kind != PARAM_TIME) {
		gripe(d->l, y, "%s is no time", text);
		return NULL;
	}
	if (swept_index(d->l->sc, s) >= 0) {
		gripe(d->l, y,
		      "%s is swept, so a mark would stand at several places",
		      text);
		return NULL;
	}
	return setting_base(d->l, s);
}

void figure_put_marks(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, "marks");
	json_t *marks;

	if (y->kind != YAML_MAP) {
		gripe(d->l, y,
		      "marks are a map of names and times, but here is %s",
		      yaml_kind_name(y));
		return;
	}
	marks = json_object();
	for (unsigned i = 0; i < y->n; i++) {
		const struct yaml *value = y->entries[i].value;
		const char *text = text_of(d->l, value, "a mark");
		double ns;

		text = text ? time_of_setting(d, value, text) : NULL;
		if (text && read_time(d, value, text, &ns))
			json_object_set_new(marks, y->entries[i].key,
					    json_real(ns));
	}
	json_object_set_new(d->json, "marks", marks);
}

void figure_put_around(struct draft *d)
{
	static const char *const stalls[] = {"longest_stall", "first_stall"};

	figure_put_word(d, "around", stalls, COUNT(stalls));
}

void figure_check_stretch(struct draft *d)
{
	const json_t *from = json_object_get(d->json, "from");
	const json_t *to = json_object_get(d->json, "to");
	bool around = yaml_get(d->map, "around");

	if (from && to && json_number_value(from) >= json_number_value(to))
		gripe(d->l, yaml_get(d->map, "to"), "it ends before it begins");
	if (around && (from || to))
		gripe(d->l, yaml_get(d->map, "around"),
		      "around says from where to where; leave out from and "
		      "to");
	if (!around && yaml_get(d->map, "margin"))
		gripe(d->l, yaml_get(d->map, "margin"),
		      "a margin is for what it is around");
}

/* The columns of v_stall that tell stalls apart. */
static const char *const columns[] = {"cause", "waiter", "awaited",
				      "rescued_by"};

static bool is_column(const char *text)
{
	for (unsigned i = 0; i < COUNT(columns); i++)
		if (strcmp(columns[i], text) == 0)
			return true;
	return false;
}

static bool is_lane(struct draft *d, const struct yaml *y, const char *text)
{
	char near[160];

	if (is_column(text))
		return true;
	if (strchr(text, '.'))
		return figure_is_swept(d, y, text);
	gripe(d->l, y,
	      "stalls are told apart by settings that are swept, or by a part "
	      "of them, not by \"%.40s\"%s",
	      text,
	      figure_instead(text, columns, COUNT(columns), near, sizeof near));
	return false;
}

void figure_put_lanes(struct draft *d)
{
	const struct yaml *y = yaml_get(d->map, "series");
	unsigned n = 0;

	figure_put_list(d, "series", is_lane);
	for (unsigned i = 0; y->kind == YAML_LIST && i < y->n; i++) {
		const struct yaml *word = y->entries[i].value;

		if (word->kind == YAML_TEXT && word->text &&
		    is_column(word->text) && n++)
			gripe(d->l, word,
			      "one of cause, waiter, awaited and rescued_by "
			      "tells "
			      "stalls apart, not two");
	}
}
