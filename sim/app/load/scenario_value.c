/* SPDX-License-Identifier: MIT */
/* Values of parameters, as files write them. */
#include "sim/app/load/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* Room for a field of any kind. */
union field {
	int64_t integer;
	double real;
	bool on;
	struct choice_value choice;
	struct jitter jitter;
};

static const char *const cost_parts[] = {"mean", "jitter", "noise",
					 "noise_time"};

int type_row(const struct stage_type *type, const char *name)
{
	for (unsigned i = 0; i < type->n_params; i++)
		if (strcmp(type->params[i].name, name) == 0)
			return (int)i;
	return -1;
}

char *canonical(const struct param *row, const char *text, char *why)
{
	union field field;
	char out[512];

	if (strlen(text) > 256) {
		snprintf(why, 512, "\"%.40s…\" is too long for a value", text);
		return NULL;
	}
	memset(&field, 0, sizeof field);
	if (!param_parse(row, text, &field, why, 512))
		return NULL;
	return mem_text(param_format(row, &field, out, sizeof out));
}

static const char *source_in(struct loader *l, const struct yaml *map)
{
	const struct yaml *y = yaml_get(map, "source");

	return y ? text_of(l, y, "source") : NULL;
}

/* The scalar of {value: 3us, source: …}; its source replaces *source. */
static const struct yaml *unwrap(struct loader *l, const struct yaml *y,
				 const char *name, const char **source)
{
	static const char *const keys[] = {"value", "source"};
	const struct yaml *value = yaml_get(y, "value");
	const char *own = source_in(l, y);

	if (y->kind != YAML_MAP)
		return y;
	check_keys(l, y, "a value", keys, COUNT(keys));
	if (!value)
		gripe(l, y, "%s has no value here", name);
	if (own)
		*source = own;
	return value;
}

/* Gives a row a value: a scalar, or one with its source. */
static void add(struct loader *l, const struct stage_type *type, unsigned row,
		const struct yaml *y, const char *source, struct assigns *to)
{
	const struct param *p = &type->params[row];
	const struct yaml *scalar = unwrap(l, y, p->name, &source);
	const char *text = scalar ? text_of(l, scalar, p->name) : NULL;
	char why[512];
	char *value = text ? canonical(p, text, why) : NULL;

	if (text && !value)
		gripe(l, scalar, "%s: %s", p->name, why);
	if (!value)
		return;
	*mem_push(to->all, to->n) = (struct assign){.type = type,
						    .row = row,
						    .text = value,
						    .source = mem_text(source)};
}

/* A row that is the mean of a cost has its jitter beside it. */
static int cost_part(const struct stage_type *type, const char *mean,
		     const char *part)
{
	char name[2 * MOST_NAME];

	if (strcmp(part, "mean") == 0)
		return type_row(type, mean);
	snprintf(name, sizeof name, "%s.%s", mean, part);
	return type_row(type, name);
}

static void read_cost(struct loader *l, const struct stage_type *type,
		      const struct yaml *map, const char *mean,
		      struct assigns *to)
{
	static const char *const keys[] = {"mean",	 "jitter", "noise",
					   "noise_time", "value",  "source"};
	const char *source = source_in(l, map);

	check_keys(l, map, "a cost", keys, COUNT(keys));
	if (map->n == (source ? 1 : 0))
		gripe(l, map, "%s says nothing: give it a mean", mean);
	for (unsigned i = 0; i < COUNT(cost_parts); i++) {
		const struct yaml *y = yaml_get(map, cost_parts[i]);
		int row = cost_part(type, mean, cost_parts[i]);

		if (y && row >= 0)
			add(l, type, (unsigned)row, y, source, to);
	}
	if (yaml_get(map, "value")) {
		if (yaml_get(map, "mean"))
			gripe(l, map,
			      "value and mean of a cost are the same; "
			      "leave one out");
		add(l, type, (unsigned)type_row(type, mean),
		    yaml_get(map, "value"), source, to);
	}
}

static void unknown_param(struct loader *l, const struct stage_type *type,
			  const struct yaml *map, const struct yaml_entry *e)
{
	const char **known = NULL;
	unsigned n = 0;
	char near[128];

	for (unsigned i = 0; i < type->n_params; i++)
		*mem_push(known, n) = type->params[i].name;
	gripe_key(l, map, e, "%s has no parameter \"%.60s\"%s", type->name,
		  e->key, meant(e->key, known, n, near, sizeof near));
	free(known);
}

void read_param(struct loader *l, const struct stage_type *type,
		const struct yaml *map, const struct yaml_entry *e,
		struct assigns *to)
{
	int row = type_row(type, e->key);
	const struct yaml *y = e->value;

	if (row < 0)
		unknown_param(l, type, map, e);
	else if (y->kind == YAML_MAP && cost_part(type, e->key, "jitter") >= 0)
		read_cost(l, type, y, e->key, to);
	else
		add(l, type, (unsigned)row, y, NULL, to);
}

void assign_apply(const struct assign *a, struct stage_conf *stage)
{
	const struct param *row = &a->type->params[a->row];
	char why[512];

	param_parse(row, a->text, param_field(row, stage->params), why,
		    sizeof why);
	free(stage->sources[a->row]);
	stage->sources[a->row] = mem_text(a->source);
}

void assigns_free(struct assigns *a)
{
	for (unsigned i = 0; i < a->n; i++) {
		free(a->all[i].text);
		free(a->all[i].source);
	}
	free(a->all);
	*a = (struct assigns){0};
}
