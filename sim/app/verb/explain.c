/* SPDX-License-Identifier: MIT */
/* ringsim explain: what there is to be set and measured, from the rows. */
#include "sim/app/verb/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/catalog.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/complaints.h"
#include "sim/app/memory.h"
#include "sim/app/verb/options.h"

enum { GUESSES, SCHEMA };

static const struct option_row options[] = {
	[GUESSES] = {"guesses", 0, NULL,
		     "Parameters without a better source than a guess; of "
		     "scenarios, if any."},
	[SCHEMA] = {"schema", 0, NULL,
		    "A JSON Schema of scenario files, for editors."},
	{NULL, 0, NULL, NULL}};

static const struct verb verb = {
	.name = "explain",
	.usage = "[KEY... | --guesses [SCENARIO...] | --schema]",
	.doc = "Says what a stage type, a parameter or a metric is. KEY is "
	       "like "
	       "qemu_tx,\nqemu_tx.burst, host.burst or burst; without one, all "
	       "stage types are listed.",
	.options = options,
};

const struct stage_type *any_type(unsigned i)
{
	unsigned n = 0;

	while (stage_types[n])
		n++;
	return i < n ? stage_types[i] : i == n ? &run_type : NULL;
}

/* Explains what is called `name` in a type: a row or a metric; how many. */
static unsigned explain_in(const struct stage_type *type, const char *name)
{
	unsigned found = 0;

	for (unsigned i = 0; i < type->n_params; i++) {
		if (strcmp(type->params[i].name, name) != 0)
			continue;
		explain_row(type, &type->params[i]);
		found++;
	}
	for (unsigned i = 0; i < type->n_metrics; i++) {
		const char *metric = type->metrics[i].name;
		size_t n = strlen(metric);

		if (strncmp(metric, name, n) != 0 ||
		    (name[n] != '\0' && name[n] != '.'))
			continue;
		explain_metric(type, &type->metrics[i]);
		found++;
	}
	return found;
}

static unsigned explain_in_all(const char *name)
{
	const struct stage_type *type;
	unsigned found = 0;

	for (unsigned i = 0; (type = any_type(i)); i++)
		found += explain_in(type, name);
	return found;
}

/* Names of types, rows and metrics; *n of them. */
static const char **all_names(unsigned *n)
{
	const struct stage_type *type;
	const char **names = NULL;

	*n = 0;
	for (unsigned i = 0; (type = any_type(i)); i++) {
		*mem_push(names, *n) = type->name;
		for (unsigned j = 0; j < type->n_params; j++)
			*mem_push(names, *n) = type->params[j].name;
		for (unsigned j = 0; j < type->n_metrics; j++)
			*mem_push(names, *n) = type->metrics[j].name;
	}
	return names;
}

static int unknown(const char *key)
{
	const char *dot = strchr(key, '.');
	const char **names, *near;
	unsigned n;

	names = all_names(&n);
	near = did_you_mean(key, names, n);
	if (!near && dot)
		near = did_you_mean(dot + 1, names, n);
	free(names);
	return verb_misused(&verb, "nothing is called %.60s%s%s%s", key,
			    near ? "; did you mean " : "", near ? near : "",
			    near ? "?" : "");
}

/* `host.burst` names a stage of some scenario; what it is called there does
 * not matter, `burst` of all types is shown. */
static int explain_key(const char *key)
{
	const char *dot = strchr(key, '.');
	const struct stage_type *type;

	for (unsigned i = 0; (type = any_type(i)); i++) {
		size_t n = strlen(type->name);

		if (strcmp(type->name, key) == 0) {
			explain_type(type);
			return EXIT_DONE;
		}
		if (strncmp(type->name, key, n) == 0 && key[n] == '.')
			return explain_in(type, key + n + 1) ? EXIT_DONE
							     : unknown(key);
	}
	if (explain_in_all(key) || (dot && explain_in_all(dot + 1)))
		return EXIT_DONE;
	return unknown(key);
}

int cmd_explain(int argc, char **argv)
{
	int code = EXIT_DONE, option;
	bool guesses = false, schema = false;

	while ((option = option_next(&verb, argc, argv, &code)) != OPTION_END) {
		if (option == OPTION_EXIT)
			return code;
		guesses = guesses || option == GUESSES;
		schema = schema || option == SCHEMA;
	}
	if (schema && (guesses || optind < argc))
		return verb_misused(&verb, "--schema stands alone");
	if (schema)
		explain_schema();
	else if (guesses)
		code = explain_guesses(argv + optind, argc - optind);
	else if (optind == argc)
		explain_types();
	for (int i = optind; i < argc && !guesses; i++)
		if (explain_key(argv[i]) != EXIT_DONE)
			code = EXIT_USER;
	return code;
}
