/* SPDX-License-Identifier: MIT */
/* What hangs on the guesses of a scenario, on stdout. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/report.h"
#include "sim/app/verb/sensitivity.h"
#include "sim/app/verb/show.h"
#include "sim/app/verb/table.h"

static bool tells_something(const struct guess *g)
{
	for (int k = 0; k < NUM_TRIALS; k++)
		if (g->trials[k].n > 0 || g->trials[k].refused)
			return true;
	return false;
}

static void add(struct table *t, char *text)
{
	table_add(t, text);
	free(text);
}

static char *value_tried(const struct guess *g, const struct trial *trial)
{
	if (!trial->value)
		return mem_format("%s, its %s", g->value, trial->limit);
	if (trial->limit)
		return mem_format("%s, the %s", trial->value, trial->limit);
	return mem_text(trial->value);
}

static void add_change(struct table *t, const struct sensitivity *s,
		       const struct change *change)
{
	const struct expect *e = &s->sc->expects[change->expect];
	char text[SHOWN];

	table_add(t, e->id);
	table_add(t, e->documented ? e->documented : "");
	table_add(t, show_band(e->low, e->high, e->unit, text));
	table_add(t, show_value(&s->as_is[change->expect].estimate, e->unit,
				text));
	table_add(t, show_value(&change->estimate, e->unit, text));
	table_add(t, verdict_name(change->now));
	if (change->note)
		table_note(t, change->note);
}

static void add_trial(struct table *t, const struct sensitivity *s,
		      const struct guess *g, int which)
{
	const struct trial *trial = &g->trials[which];

	for (unsigned i = 0; i < trial->n; i++) {
		table_add(t, i == 0 ? trial_names[which] : "");
		add(t, i == 0 ? value_tried(g, trial) : mem_text(""));
		add_change(t, s, &trial->changes[i]);
	}
	if (trial->n > 0)
		return;
	table_add(t, trial_names[which]);
	add(t, value_tried(g, trial));
	table_add(t, "");
	table_add(t, trial->refused ? "cannot be" : "no other verdict");
	for (int i = 0; i < 4; i++)
		table_add(t, "");
	if (trial->refused)
		table_note(t, trial->refused);
}

static void print_table(const struct sensitivity *s)
{
	static const char *const heads[] = {
		"",	 ">set to",   "id",    "documented",
		">band", ">as it is", ">then", "now"};
	struct table *t = table_new(heads, 8, 3);
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct guess *g = &s->guesses[i];
		char *name, *title;

		if (!tells_something(g))
			continue;
		name = guess_name(s, g);
		title = mem_format("%s = %s", name, g->value);
		table_title(t, title);
		free(title);
		free(name);
		for (int k = 0; k < NUM_TRIALS; k++)
			add_trial(t, s, g, k);
		n++;
	}
	if (n > 0)
		table_print(t, terminal_width(), stdout);
	table_free(t);
}

/* ` (halved: 1us, the least)` of what a range did not let be. */
static char *limits_of(const struct guess *g)
{
	char *all = mem_text("");

	for (int k = 0; k < NUM_TRIALS; k++) {
		char *value, *longer;

		if (!g->trials[k].limit)
			continue;
		value = value_tried(g, &g->trials[k]);
		longer = mem_format("%s (%s: %s)", all, trial_names[k], value);
		free(value);
		free(all);
		all = longer;
	}
	return all;
}

/* Names of those that `wanted` takes, in one sentence. */
static void print_list(const struct sensitivity *s, const char *before,
		       bool (*wanted)(const struct guess *g, const char *why),
		       const char *why)
{
	char *line = NULL;

	for (unsigned i = 0; i < s->n; i++) {
		char *name, *limits, *longer;

		if (!wanted(&s->guesses[i], why))
			continue;
		name = guess_name(s, &s->guesses[i]);
		limits = limits_of(&s->guesses[i]);
		longer = mem_format("%s%s%s%s", line ? line : before,
				    line ? ", " : "", name, limits);
		free(name);
		free(limits);
		free(line);
		line = longer;
	}
	if (!line)
		return;
	putchar('\n');
	print_wrapped(line, 0, terminal_width(), stdout);
	free(line);
}

static bool is_without_effect(const struct guess *g, const char *why)
{
	(void)why;
	return !g->skipped && !tells_something(g);
}

static bool is_skipped(const struct guess *g, const char *why)
{
	return g->skipped && strcmp(g->skipped, why) == 0;
}

void sensitivity_print(const struct sensitivity *s)
{
	printf("%s%s%s\n\n", s->sc->name, s->sc->question ? ": " : "",
	       s->sc->question ? s->sc->question : "");
	print_table(s);
	print_list(s, "No verdict hangs on: ", is_without_effect, NULL);
	print_list(s, "Not tried, zero: ", is_skipped, "zero");
	print_list(s, "Not tried, no number: ", is_skipped, "no number");
	print_list(s, "Not tried, the scenario sweeps it: ", is_skipped,
		   "swept");
}
