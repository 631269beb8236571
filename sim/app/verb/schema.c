/* SPDX-License-Identifier: MIT */
/* The rows as a JSON Schema. The skeleton of a scenario is in
 * schema_scenario.c; here are the values. */
#include "sim/app/verb/schema.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/verb/explain.h"
#include "sim/app/memory.h"
#include "sim/units.h"

#define NUMBER "([0-9]+\\.?[0-9]*|\\.[0-9]+)"

/* `^number(ns|us)$`, or that as an argument, without the anchors. */
static char *pattern_of(const struct unit *units)
{
	char *all = mem_text("");

	for (const struct unit *u = units; u->name; u++) {
		char *more =
			mem_format("%s%s%s", all, *all ? "|" : "", u->name);

		free(all);
		all = more;
	}
	/* The bare unit is the first; it has left no mark in the list. */
	if (*units->name == '\0') {
		char *with = mem_format("(%s)?", all);

		free(all);
		all = with;
	} else {
		char *with = mem_format("(%s)", all);

		free(all);
		all = with;
	}
	return all;
}

/* A number with its unit as a pattern; free() it. */
static char *number_pattern(enum param_kind kind)
{
	char *units, *all;

	if (kind == PARAM_COUNT || kind == PARAM_POWER)
		return mem_text("[0-9]+");
	units = pattern_of(kind_words(kind)->units);
	all = mem_format("%s%s", NUMBER, units);
	free(units);
	return all;
}

static json_t *text_matching(const char *pattern)
{
	char *anchored = mem_format("^%s$", pattern);
	json_t *text =
		json_pack("{ssss}", "type", "string", "pattern", anchored);

	free(anchored);
	return text;
}

json_t *any_of(json_t *a, json_t *b)
{
	return json_pack("{s[oo]}", "anyOf", a, b);
}

/* YAML reads a bare number as a number, anything with a unit as a text. */
static json_t *number_schema(enum param_kind kind)
{
	char *pattern = number_pattern(kind);
	json_t *text = text_matching(pattern);

	free(pattern);
	if (kind == PARAM_COUNT || kind == PARAM_POWER)
		return any_of(json_pack("{ss}", "type", "integer"), text);
	if (kind == PARAM_RATIO)
		return any_of(json_pack("{ss}", "type", "number"), text);
	return text;
}

static json_t *choice_schema(const struct choice *c)
{
	char *argument, *pattern, *example;
	json_t *schema;

	if (c->argument == PARAM_NONE)
		return json_pack("{ssss}", "const", c->name, "description",
				 c->doc);
	argument = number_pattern(c->argument);
	pattern = mem_format("%s\\(%s\\)", c->name, argument);
	example = mem_format("%s(%s)", c->name, c->min ? c->min : "");
	schema = text_matching(pattern);
	json_object_set_new(schema, "description", json_string(c->doc));
	json_object_set_new(schema, "examples", json_pack("[s]", example));
	free(argument);
	free(pattern);
	free(example);
	return schema;
}

static json_t *choices_schema(const struct choice *c)
{
	json_t *all = json_array();

	for (; c->name; c++)
		json_array_append_new(all, choice_schema(c));
	return json_pack("{so}", "anyOf", all);
}

static json_t *jitter_schema(void)
{
	char *time = number_pattern(PARAM_TIME);
	char *ratio = number_pattern(PARAM_RATIO);
	char *kinds = mem_format("(none|(normal|lognormal|gamma|uniform|"
				 "exponential)\\((%s|%s)\\))",
				 ratio, time);
	json_t *schema = text_matching(kinds);

	json_object_set_new(
		schema, "examples",
		json_pack("[sss]", "none", "gamma(15%)", "exponential(0.2us)"));
	free(time);
	free(ratio);
	free(kinds);
	return schema;
}

static json_t *bare_schema(const struct param *row)
{
	switch (row->kind) {
	case PARAM_TIME:
	case PARAM_COUNT:
	case PARAM_POWER:
	case PARAM_SIZE:
	case PARAM_RATE:
	case PARAM_BITRATE:
	case PARAM_RATIO:
		return number_schema(row->kind);
	case PARAM_SWITCH:
		return json_pack("{s[ss]}", "enum", "on", "off");
	case PARAM_CHOICE:
		return choices_schema(row->choices);
	case PARAM_JITTER:
		return jitter_schema();
	case PARAM_NONE:
		break;
	}
	return json_object();
}

static json_t *source_schema(void)
{
	return json_pack("{ssss}", "type", "string", "description",
			 "Where the value comes from: a file of the real "
			 "system, a paper, a measurement, fitted(figure), or "
			 "guess.");
}

static json_t *sourced_schema(const struct param *row)
{
	return json_pack("{sss{soso}sbs[s]}", "type", "object", "properties",
			 "value", bare_schema(row), "source", source_schema(),
			 "additionalProperties", 0, "required", "value");
}

static json_t *part_schema(const struct param *row)
{
	return any_of(bare_schema(row), sourced_schema(row));
}

/* The four rows of a cost stand one behind the other. */
static json_t *cost_schema(const struct param *row)
{
	return json_pack("{sss{sosososososo}sb}", "type", "object",
			 "properties", "mean", part_schema(&row[0]), "jitter",
			 part_schema(&row[1]), "noise", part_schema(&row[2]),
			 "noise_time", part_schema(&row[3]), "value",
			 bare_schema(&row[0]), "source", source_schema(),
			 "additionalProperties", 0);
}

static json_t *row_schema(const struct stage_type *type, unsigned i)
{
	const struct param *row = &type->params[i];
	json_t *schema = any_of(bare_schema(row),
				is_cost(type, i) ? cost_schema(row)
						 : sourced_schema(row));
	char *text;

	if (row->min && row->max)
		text = mem_format("%s %s%s to %s. Source: %s.", row->doc,
				  row->kind == PARAM_POWER ? "A power of two, "
							   : "",
				  row->min, row->max, row->source);
	else
		text = mem_format("%s Source: %s.", row->doc, row->source);
	json_object_set_new(schema, "description", json_string(text));
	json_object_set_new(schema, "default", json_string(row->def));
	free(text);
	return schema;
}

json_t *type_schema(const struct stage_type *type, bool named)
{
	json_t *rows = json_object();

	if (named)
		json_object_set_new(
			rows, "name",
			json_pack("{ssssss}", "type", "string", "pattern",
				  "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
				  "description",
				  "What the stage is called in settings and "
				  "results; its type otherwise."));
	for (unsigned i = 0; i < type->n_params; i++)
		json_object_set_new(rows, type->params[i].name,
				    row_schema(type, i));
	return json_pack("{s[ss]sssosb}", "type", "object", "null",
			 "description", type->doc, "properties", rows,
			 "additionalProperties", 0);
}
