/* SPDX-License-Identifier: MIT */
/* Types, rows and metrics in words. */
#include "sim/app/verb/explain.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sim/app/verb/wrap.h"
#include "sim/units.h"

#define INDENT	   6
#define DOC_COLUMN 28

const struct kind_words *kind_words(enum param_kind kind)
{
	static const struct kind_words words[] = {
		[PARAM_TIME] = {"a time", time_units},
		[PARAM_COUNT] = {"a count", count_units},
		[PARAM_POWER] = {"a power of two", count_units},
		[PARAM_SIZE] = {"a size", size_units},
		[PARAM_RATE] = {"a rate of packets", rate_units},
		[PARAM_BITRATE] = {"a bit rate", bitrate_units},
		[PARAM_RATIO] = {"a ratio", ratio_units},
		[PARAM_SWITCH] = {"on or off", NULL},
		[PARAM_CHOICE] = {"one of the choices below", NULL},
		[PARAM_JITTER] = {"none, or a distribution and its standard "
				  "deviation",
				  NULL},
		[PARAM_NONE] = {"nothing", NULL},
	};

	return &words[kind];
}

static int row_named(const struct stage_type *type, const char *name, size_t n,
		     const char *suffix)
{
	for (unsigned i = 0; i < type->n_params; i++) {
		const char *other = type->params[i].name;

		if (strncmp(other, name, n) == 0 &&
		    strcmp(other + n, suffix) == 0)
			return (int)i;
	}
	return -1;
}

bool is_cost(const struct stage_type *type, unsigned row)
{
	const char *name = type->params[row].name;

	return row_named(type, name, strlen(name), ".jitter") >= 0;
}

bool is_cost_part(const struct stage_type *type, unsigned row)
{
	const char *name = type->params[row].name;
	const char *dot = strrchr(name, '.');
	int mean = dot ? row_named(type, name, (size_t)(dot - name), "") : -1;

	return mean >= 0 && is_cost(type, (unsigned)mean);
}

static void print_choice(const struct choice *c)
{
	int n = printf("%*s%s", INDENT + 2, "", c->name);

	if (c->argument != PARAM_NONE && c->min && c->max)
		n += printf("(%s to %s)", c->min, c->max);
	else if (c->argument != PARAM_NONE)
		n += printf("(%s)", kind_words(c->argument)->noun);
	if (n >= DOC_COLUMN - 1)
		putchar('\n');
	n = n >= DOC_COLUMN - 1 ? 0 : n;
	printf("%*s", DOC_COLUMN - n, "");
	wrap(stdout, DOC_COLUMN, DOC_COLUMN, c->doc);
}

static void print_kind(const struct param *row, const char *noun)
{
	const char *unit = param_unit(row);

	if (row->min && row->max)
		wrapf(INDENT, "%c%s, %s to %s%s%s.", noun[0] - 32, noun + 1,
		      row->min, row->max,
		      strcmp(unit, "1") == 0 ? "" : "; in results in ",
		      strcmp(unit, "1") == 0 ? "" : unit);
	else
		wrapf(INDENT, "%c%s.", noun[0] - 32, noun + 1);
}

static void print_row(const struct stage_type *type, const struct param *row)
{
	bool cost = is_cost(type, (unsigned)(row - type->params));

	print_kind(row, cost ? "a cost" : kind_words(row->kind)->noun);
	wrapf(INDENT, "%s", row->doc);
	for (const struct choice *c = row->choices; c && c->name; c++)
		print_choice(c);
	if (cost)
		wrapf(INDENT, "With %s = %s, %s = %s, %s = %s.", row[1].name,
		      row[1].def, row[2].name, row[2].def, row[3].name,
		      row[3].def);
	wrapf(INDENT, "Source: %s.", row->source);
}

/* The statistics of a metric: names and units. */
static void print_statistics(const char *stage, const struct metric *m)
{
	const struct statistic *s;
	unsigned n;

	s = metric_statistics(m->kind, &n);
	for (unsigned i = 0; i < n; i++) {
		const char *unit = s[i].unit ? s[i].unit : m->unit;
		int at = printf("%*s%s.%s%s", INDENT + 2, "", stage, m->name,
				s[i].suffix);

		if (at < 36)
			at += printf("%*s", 36 - at, "");
		at += printf(" %-5s ", unit);
		wrap(stdout, (unsigned)at, 43, s[i].doc);
	}
}

static void print_metric(const char *stage, const struct metric *m)
{
	wrapf(INDENT, "%s", m->doc);
	print_statistics(stage, m);
}

static const char *plug_words(enum plug plug, bool in)
{
	switch (plug) {
	case PLUG_NONE:
		return in ? "begins a path" : "ends it";
	case PLUG_PORT:
		return in ? "takes packets from a port" : "sends to a port";
	case PLUG_RING:
		return in ? "serves a ring" : "ends in a ring";
	case PLUG_NET:
		return in ? "carries a network stack"
			  : "stands on a network device";
	case PLUG_VIF:
		return in ? "serves a pair of Xen rings"
			  : "ends in a pair of Xen rings";
	case PLUG_LINK:
		return in ? "begins at a link" : "ends in a link";
	case PLUG_PCI:
		return in ? "serves devices on a bus"
			  : "ends in devices on a bus";
	}
	return "";
}

static const char *home_words(enum home home)
{
	switch (home) {
	case HOME_NONE:
		return "needs no CPU";
	case HOME_GUEST:
		return "runs on the guest's vCPU";
	case HOME_QEMU:
		return "runs in QEMU's main loop";
	case HOME_DOM0:
		return "runs on a vCPU of Xen's domain 0";
	case HOME_KTHREAD:
		return "runs in a kernel thread of the host";
	case HOME_OWN:
		return "runs on an ideal CPU of its own";
	case HOME_MACHINE:
		return "";
	}
	return "";
}

void explain_row(const struct stage_type *type, const struct param *row)
{
	printf("%s.%s = %s\n", type->name, row->name, row->def);
	print_row(type, row);
}

void explain_metric(const struct stage_type *type, const struct metric *m)
{
	printf("%s.%s, a metric\n", type->name, m->name);
	print_metric(type->name, m);
}

static void print_place(const struct stage_type *type)
{
	if (type->home == HOME_MACHINE)
		wrapf(2,
		      "A part of the machine: it is there when a stage of "
		      "the path needs it. Set it under defaults, or as "
		      "%s.parameter.",
		      type->name);
	else if (type->build && type->size && strcmp(type->name, "run") != 0)
		wrapf(2, "In a path it %s and %s%s; it %s.",
		      plug_words(type->in, true), plug_words(type->out, false),
		      type->duplex ? ", or the other way round" : "",
		      home_words(type->home));
}

void explain_type(const struct stage_type *type)
{
	printf("%s\n", type->name);
	wrapf(2, "%s", type->doc);
	print_place(type);
	printf("\nParameters\n");
	for (unsigned i = 0; i < type->n_params; i++) {
		if (is_cost_part(type, i))
			continue; /* told with its cost */
		printf("  %s = %s\n", type->params[i].name,
		       type->params[i].def);
		print_row(type, &type->params[i]);
	}
	if (type->n_params == 0)
		printf("  none\n");
	if (type->n_metrics)
		printf("\nMetrics of a stage that is called %s\n", type->name);
	for (unsigned i = 0; i < type->n_metrics; i++) {
		printf("  %s\n", type->metrics[i].name);
		print_metric(type->name, &type->metrics[i]);
	}
}

static void list(const char *title, bool machine)
{
	const struct stage_type *type;

	printf("%s\n", title);
	for (unsigned i = 0; (type = any_type(i)); i++) {
		int n;

		if ((type->home == HOME_MACHINE) != machine ||
		    strcmp(type->name, "run") == 0)
			continue;
		n = printf("  %-11s ", type->name);
		wrap(stdout, (unsigned)n, 14, type->doc);
	}
}

void explain_types(void)
{
	list("Stages of a path", false);
	putchar('\n');
	list("Parts of the machine, there when they are needed", true);
	printf("\nThe run\n  %-11s %s\n", "run",
	       "How long is simulated and measured, and with which seeds.");
	printf("\nMore: ringsim explain TYPE, or any parameter or metric.\n");
}
