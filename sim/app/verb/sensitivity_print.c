/* SPDX-License-Identifier: MIT */
/* What hangs on the guesses of a scenario, on stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/report.h"
#include "sim/app/verb/sensitivity.h"
#include "sim/app/verb/show.h"
#include "sim/app/verb/table.h"

static void add(struct table *t, char *text)
{
	table_add(t, text);
	free(text);
}

char *trial_value(const struct guess *g, const struct trial *trial)
{
	if (!trial->value)
		return mem_format("%s, its %s", g->value, trial->limit);
	if (trial->limit)
		return mem_format("%s, the %s", trial->value, trial->limit);
	return mem_text(trial->value);
}

/* --- the table ---------------------------------------------------------- */

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
	table_add(t, expect_kind_name(e->kind));
	add(t, mem_format("%s%s", verdict_name(change->now),
			  change->settled ? "" : "?"));
	if (change->note)
		table_note(t, change->note);
}

static void add_trial(struct table *t, const struct sensitivity *s,
		      const struct guess *g, int which)
{
	const struct trial *trial = &g->trials[which];

	for (unsigned i = 0; i < trial->n; i++) {
		table_add(t, i == 0 ? trial_names[which] : "");
		add(t, i == 0 ? trial_value(g, trial) : mem_text(""));
		add_change(t, s, &trial->changes[i]);
	}
	if (trial->n > 0)
		return;
	table_add(t, trial_names[which]);
	add(t, trial_value(g, trial));
	table_add(t, "");
	table_add(t, trial->refused ? "cannot be" : "no other verdict");
	for (int i = 0; i < 5; i++)
		table_add(t, "");
	if (trial->refused)
		table_note(t, trial->refused);
}

static void add_guess(struct table *t, const struct sensitivity *s,
		      const struct guess *g)
{
	bool jitter = guess_is_jitter(s, g);
	char *name = jitter ? guess_row(s, g) : guess_name(s, g);
	char *title = mem_format("%s = %s", name, g->value);

	table_title(t, title);
	for (int k = 0; k < NUM_TRIALS; k++)
		add_trial(t, s, g, k);
	free(title);
	free(name);
}

static void print_table(const struct sensitivity *s)
{
	static const char *const heads[] = {
		"",	     ">set to", "id",	"documented", ">band",
		">as it is", ">then",	"kind", "now"};
	struct table *t = table_new(heads, 9, 3);
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		if (!guess_matters(&s->guesses[i]))
			continue;
		add_guess(t, s, &s->guesses[i]);
		n++;
	}
	if (n > 0)
		table_print(t, terminal_width(), stdout);
	table_free(t);
}

/* --- what is not in it -------------------------------------------------- */

/* ` (halved: 1us, the least)` of what a range did not let be. */
static char *limits_of(const struct guess *g)
{
	char *all = mem_text("");

	for (int k = 0; k < NUM_TRIALS; k++) {
		char *value, *longer;

		if (!g->trials[k].limit)
			continue;
		value = trial_value(g, &g->trials[k]);
		longer = mem_format("%s (%s: %s)", all, trial_names[k], value);
		free(value);
		free(all);
		all = longer;
	}
	return all;
}

static char *longer_list(char *list, const struct sensitivity *s,
			 const struct guess *g)
{
	char *name = guess_is_jitter(s, g)
			     ? mem_format("every jitter of %s", g->value)
			     : guess_name(s, g);
	char *limits = limits_of(g);
	char *longer = mem_format("%s%s%s%s", list ? list : "",
				  list ? ", " : "", name, limits);

	free(name);
	free(limits);
	free(list);
	return longer;
}

/* Names of those that `wanted` takes, in one sentence. */
static void print_list(const struct sensitivity *s, const char *before,
		       bool (*wanted)(const struct guess *g, const char *why),
		       const char *why)
{
	char *list = NULL, *text;

	for (unsigned i = 0; i < s->n; i++)
		if (wanted(&s->guesses[i], why))
			list = longer_list(list, s, &s->guesses[i]);
	if (!list)
		return;
	text = mem_format("%s: %s", before, list);
	putchar('\n');
	print_wrapped(text, 0, terminal_width(), stdout);
	free(text);
	free(list);
}

static bool is_without_effect(const struct guess *g, const char *why)
{
	(void)why;
	return !g->skipped && !guess_matters(g);
}

static bool is_skipped(const struct guess *g, const char *why)
{
	return g->skipped && strcmp(g->skipped, why) == 0;
}

/* --- how well it is known ----------------------------------------------- */

static void print_paragraph(const char *text)
{
	putchar('\n');
	print_wrapped(text, 0, terminal_width(), stdout);
}

static void tell_unsettled(const struct sensitivity *s)
{
	bool any = false;

	for (unsigned i = 0; i < s->n; i++)
		any |= s->guesses[i].n_changed > s->guesses[i].n_settled;
	if (any)
		print_paragraph("?: an end of the band lies within a 95 % "
				"confidence interval, before or then, so that "
				"more runs may say otherwise.");
}

/* Fewer runs than the scenario's may judge it otherwise by themselves. */
static void tell_as_is(const struct sensitivity *s)
{
	char *text;

	for (unsigned i = 0; i < s->sc->n_expects; i++) {
		if (!verdict_differs(&s->as_is[i]))
			continue;
		text = mem_format("As it is, with %ld of %ld runs per point, "
				  "%s is %s, which is not what the scenario "
				  "records.",
				  s->seeds, s->own_seeds, s->sc->expects[i].id,
				  verdict_name(s->as_is[i].kind));
		print_paragraph(text);
		free(text);
	}
}

void sensitivity_print(const struct sensitivity *s)
{
	printf("%s%s%s\n\n", s->sc->name, s->sc->question ? ": " : "",
	       s->sc->question ? s->sc->question : "");
	if (!s->as_is) {
		puts("No expectation has a band, so there is no verdict that "
		     "could change.");
		return;
	}
	if (s->n == 0)
		puts("None of its parameters is a guess.");
	print_table(s);
	tell_unsettled(s);
	tell_as_is(s);
	print_list(s, "No verdict hangs on", is_without_effect, NULL);
	print_list(s, "Not tried, zero", is_skipped, "zero");
	print_list(s, "Not tried, no number", is_skipped, "no number");
	print_list(s, "Not tried, the scenario sweeps it", is_skipped, "swept");
}
