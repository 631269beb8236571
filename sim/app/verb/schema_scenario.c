/* SPDX-License-Identifier: MIT */
/*
 * The skeleton of a scenario as a JSON Schema. Nothing is required: included
 * files have the same keys, but no path. `ringsim check` is the judge; this
 * helps while typing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/catalog.h"
#include "sim/app/verb/explain.h"
#include "sim/app/verb/schema.h"

static json_t *described(json_t *schema, const char *text)
{
	json_object_set_new(schema, "description", json_string(text));
	return schema;
}

static json_t *text(const char *description)
{
	return described(json_pack("{ss}", "type", "string"), description);
}

static json_t *word_of(json_t *words, const char *description)
{
	return described(json_pack("{so}", "enum", words), description);
}

static json_t *list_of(json_t *items)
{
	return json_pack("{ssso}", "type", "array", "items", items);
}

static json_t *map_of(json_t *properties)
{
	return json_pack("{sssosb}", "type", "object", "properties", properties,
			 "additionalProperties", 0);
}

static json_t *scalar(void)
{
	return json_pack("{s[sss]}", "type", "string", "number", "boolean");
}

/* Settings of any stage: their names are the scenario's own. */
static json_t *settings(json_t *value)
{
	return json_pack("{sss{ss}so}", "type", "object", "propertyNames",
			 "pattern", "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_.]+$",
			 "additionalProperties", value);
}

static json_t *defaults_schema(void)
{
	json_t *types = json_object();

	for (unsigned i = 0; stage_types[i]; i++)
		json_object_set_new(types, stage_types[i]->name,
				    type_schema(stage_types[i], false));
	return described(map_of(types),
			 "Parameters of all stages of a type, of the machine's "
			 "parts too.");
}

/* A word, or a map with parameters. */
static json_t *stage_schema(void)
{
	json_t *types = json_object(), *names = json_array(), *stage;

	for (unsigned i = 0; stage_types[i]; i++) {
		const struct stage_type *type = stage_types[i];

		if (type->home == HOME_MACHINE)
			continue;
		json_object_set_new(types, type->name, type_schema(type, true));
		json_array_append_new(names, json_string(type->name));
	}
	stage = map_of(types);
	json_object_set_new(stage, "minProperties", json_integer(1));
	json_object_set_new(stage, "maxProperties", json_integer(1));
	return any_of(json_pack("{so}", "enum", names), stage);
}

static json_t *path_schema(void)
{
	json_t *path = list_of(stage_schema());
	json_t *paths = list_of(json_deep_copy(path));

	return described(any_of(path, paths),
			 "What a packet goes through, in order; or a list of "
			 "several such lists.");
}

static json_t *range_schema(bool steps)
{
	json_t *ends = json_pack("{soso}", "from", scalar(), "to", scalar());

	if (steps) {
		json_object_set_new(
			ends, "points",
			json_pack("{sssi}", "type", "integer", "minimum", 1));
		json_object_set_new(
			ends, "scale",
			json_pack("{s[ss]}", "enum", "linear", "log"));
	}
	return map_of(ends);
}

static json_t *sweep_schema(void)
{
	json_t *values = any_of(list_of(scalar()), range_schema(true));
	json_t *zip = list_of(settings(json_copy(values)));
	json_t *condition = json_pack("{s[ooo]}", "anyOf", scalar(),
				      list_of(scalar()), range_schema(false));
	json_t *where = list_of(settings(condition));

	return json_pack(
		"{sssss{soso}so}", "type", "object", "description",
		"How the scenario is varied: settings and their values. Axes "
		"multiply, the first one slowest.",
		"properties", "zip",
		described(zip, "Settings that advance together."), "where",
		described(where, "Keeps the points that match any of these."),
		"additionalProperties", values);
}

static json_t *open_range(void)
{
	return json_pack(
		"{sssisiso}", "type", "array", "minItems", 2, "maxItems", 2,
		"items",
		json_pack("{s[sss]}", "type", "string", "number", "null"));
}

static json_t *expect_schema(void)
{
	json_t *keys = json_pack(
		"{sososososososososo}", "id", text("Its name."), "metric",
		text("A result, like app.rate or app.latency.p99."), "value",
		text("SQL over the v_ views that gives one number."), "at",
		described(settings(scalar()),
			  "Which point it is about; default is a setting's "
			  "value without the sweep."),
		"unit", text("The unit of value."), "between",
		described(open_range(), "[low, high]; ~ is an open end."),
		"kind",
		word_of(json_pack("[sss]", "fitted", "predicted", "observed"),
			"Was it used to fit a parameter?"),
		"known_miss", text("Why it is not met, as far as understood."),
		"documented", text("The figure in the source's own words."));

	return described(list_of(map_of(keys)), "What is expected.");
}

static json_t *words(const char *description)
{
	return described(any_of(text("One."), list_of(text("One of them."))),
			 description);
}

static json_t *scale(void)
{
	return json_pack("{s[ss]}", "enum", "linear", "log");
}

static json_t *ideal_schema(void)
{
	json_t *ideal = map_of(
		json_pack("{soso}", "label", text("In the key."), "sql",
			  text("An expression over settings and results.")));
	json_t *copy = json_copy(ideal);

	return described(any_of(ideal, list_of(copy)),
			 "A line to compare with.");
}

static json_t *kind_schema(void)
{
	return word_of(json_pack("[sssssss]", "lines", "time", "percentiles",
				 "bars", "expected", "stalls", "panels"),
		       "What is drawn; lines if not given.");
}

static json_t *ranges_schema(void)
{
	json_t *range = any_of(open_range(), text("An expectation's id."));
	json_t *ranges = json_pack("{ssso}", "type", "object",
				   "additionalProperties", range);

	return described(ranges, "What is documented of the bars at values "
				 "of x: [low, high], or an expectation.");
}

static json_t *marks_schema(void)
{
	json_t *marks = json_pack("{sss{ss}}", "type", "object",
				  "additionalProperties", "type", "string");

	return described(marks, "Times to mark, by name; or settings that "
				"are times.");
}

static json_t *panels_schema(void)
{
	json_t *panel = map_of(json_pack(
		"{sosososo}", "y", words("What is sampled, or several."),
		"title", text("Beside its y axis."), "kind",
		word_of(json_pack("[sss]", "lines", "steps", "states"),
			"How it is drawn; lines if not given."),
		"scale_y", scale()));
	json_t *panels = list_of(panel);

	json_object_set_new(panels, "maxItems", json_integer(6));
	return described(panels, "One above the other, over time.");
}

/* Of stalls, of panels over time, of bars. */
static void add_parts(json_t *keys)
{
	json_t *parts = json_pack(
		"{sososososososososo}", "marks", marks_schema(), "ranges",
		ranges_schema(), "panels", panels_schema(), "around",
		word_of(json_pack("[ss]", "longest_stall", "first_stall"),
			"What the panels show."),
		"stacked",
		word_of(json_pack("[ss]", "no", "yes"),
			"Are several results the parts of one bar?"),
		"margin", text("How much before and after it."), "from",
		text("The least time that is shown."), "to",
		text("The greatest time that is shown."), "ideal",
		ideal_schema());

	json_object_update_new(keys, parts);
}

static json_t *figures_schema(void)
{
	json_t *name = described(json_pack("{ssss}", "type", "string",
					   "pattern", "^[a-z0-9_-]{1,64}$"),
				 "Its name, and that of its file.");
	json_t *keys = json_pack(
		"{sosososososososososososo}", "name", name, "title",
		text("Its title."), "kind", kind_schema(), "x",
		text("A swept setting, or time, or percentile."), "y",
		words("A result, or several."), "series",
		words("Swept settings: a line each; what tells stalls apart."),
		"scale_x", scale(), "scale_y", scale(), "label_x",
		text("Instead of the row's."), "label_y",
		text("Instead of the row's."), "band",
		words("Expectations whose bands are shaded."), "at",
		described(settings(any_of(scalar(), list_of(scalar()))),
			  "Only runs with these."));

	add_parts(keys);
	return described(list_of(map_of(keys)), "What is drawn.");
}

void explain_schema(void)
{
	json_t *keys = json_pack(
		"{sososososososososososo}", "question",
		text("What the scenario is to find out."), "source",
		text("Where its figures were documented."), "include",
		words("Files to read first, beside this one."), "defaults",
		defaults_schema(), "path", path_schema(), "run",
		type_schema(&run_type, false), "sweep", sweep_schema(),
		"samples",
		described(list_of(text("A windowed metric, a level or a "
				       "counter.")),
			  "Metrics of which every window is kept."),
		"pcap",
		described(list_of(text("A stage of the path.")),
			  "Interfaces whose packets are recorded."),
		"expect", expect_schema(), "figures", figures_schema());
	json_t *schema =
		json_pack("{ssss}", "$schema",
			  "https://json-schema.org/draft/2020-12/schema",
			  "title", "A scenario of ringsim");

	json_object_update_new(schema, map_of(keys));
	json_dumpf(schema, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(schema);
}
