/* SPDX-License-Identifier: MIT */
/* Every row of every type says what a row has to say. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "sim/app/catalog.h"

/* The types, and the run behind them. */
static const struct stage_type *type_at(unsigned i)
{
	unsigned n = 0;

	while (stage_types[n])
		n++;
	return i < n ? stage_types[i] : i == n ? &run_type : NULL;
}

static void assert_sentence(const char *of, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (n < 2 || text[n - 1] != '.')
		fail_msg("%s: \"%s\" is no sentence", of, text ? text : "");
}

/* Lower case, so that no two differ in case alone. */
static void assert_name(const char *of, const char *name)
{
	if (!islower((unsigned char)*name) ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.")])
		fail_msg("%s: \"%s\" is no name", of, name);
}

static bool parses(const struct param *row, const char *text, void *field)
{
	char why[512];

	return param_parse(row, text, field, why, sizeof why);
}

static void check_choices(const struct param *row, void *field)
{
	char text[512];

	for (const struct choice *c = row->choices; c->name; c++) {
		assert_name(row->name, c->name);
		assert_sentence(c->name, c->doc);
		if (c->argument == PARAM_NONE) {
			assert_true(parses(row, c->name, field));
			continue;
		}
		assert_non_null(c->min);
		assert_non_null(c->max);
		snprintf(text, sizeof text, "%s(%s)", c->name, c->min);
		assert_true(parses(row, text, field));
		snprintf(text, sizeof text, "%s(%s)", c->name, c->max);
		assert_true(parses(row, text, field));
	}
}

static void check_row(const struct stage_type *type, const struct param *row)
{
	char *params = calloc(1, type->params_size);
	void *field = params + row->offset;
	char text[512];

	assert_in_range(row->offset, 0, type->params_size - 1);
	assert_name(type->name, row->name);
	assert_sentence(row->name, row->doc);
	if (!row->source || !*row->source)
		fail_msg("%s.%s has no source", type->name, row->name);
	if (!parses(row, row->def, field))
		fail_msg("%s.%s: its default %s is none", type->name, row->name,
			 row->def);
	assert_true(parses(row, param_format(row, field, text, sizeof text),
			   field));
	if (row->min)
		assert_true(parses(row, row->min, field));
	if (row->max)
		assert_true(parses(row, row->max, field));
	assert_int_equal(row->kind == PARAM_CHOICE, row->choices != NULL);
	if (row->choices)
		check_choices(row, field);
	free(params);
}

static void test_parameters(void **state)
{
	const struct stage_type *type;

	(void)state;
	for (unsigned i = 0; (type = type_at(i)); i++)
		for (unsigned j = 0; j < type->n_params; j++)
			check_row(type, &type->params[j]);
}

static void test_metrics(void **state)
{
	const struct stage_type *type;

	(void)state;
	for (unsigned i = 0; (type = type_at(i)); i++) {
		for (unsigned j = 0; j < type->n_metrics; j++) {
			const struct metric *m = &type->metrics[j];

			assert_name(type->name, m->name);
			assert_sentence(m->name, m->doc);
			assert_true(m->unit && *m->unit);
		}
	}
}

/* Settings and results become columns of one table. */
static void test_columns_are_distinct(void **state)
{
	const struct stage_type *type;
	char *names[1000];

	(void)state;
	for (unsigned i = 0; (type = type_at(i)); i++) {
		unsigned n = 0;

		for (unsigned j = 0; j < type->n_params; j++)
			names[n++] = strdup(type->params[j].name);
		for (unsigned j = 0; j < type->n_metrics; j++) {
			const struct metric *m = &type->metrics[j];
			unsigned n_statistics;
			const struct statistic *s =
				metric_statistics(m->kind, &n_statistics);

			for (unsigned k = 0; k < n_statistics; k++) {
				char name[200];

				snprintf(name, sizeof name, "%s%s", m->name,
					 s[k].suffix);
				names[n++] = strdup(name);
			}
		}
		for (unsigned j = 0; j < n; j++)
			for (unsigned k = 0; k < j; k++)
				if (strcasecmp(names[j], names[k]) == 0)
					fail_msg("%s.%s is there twice",
						 type->name, names[j]);
		while (n)
			free(names[--n]);
	}
}

static void test_types(void **state)
{
	const struct stage_type *type, *other;

	(void)state;
	for (unsigned i = 0; (type = type_at(i)); i++) {
		assert_name("a type", type->name);
		assert_sentence(type->name, type->doc);
		assert_non_null(type->build);
		assert_true(type->params_at + type->params_size <= type->size);
		for (unsigned j = 0; j < i && (other = type_at(j)); j++)
			assert_string_not_equal(type->name, other->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_columns_are_distinct),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
