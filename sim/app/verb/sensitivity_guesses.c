/* SPDX-License-Identifier: MIT */
/* The guesses of a scenario, and the values they are tried with. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/guess.h"
#include "sim/app/verb/sensitivity.h"

const char *const trial_names[NUM_TRIALS] = {"halved", "doubled"};
static const double factors[NUM_TRIALS] = {0.5, 2};

/* A field of any row that can be halved. */
union field {
	int64_t integer;
	double real;
	struct jitter jitter;
};

/* --- names -------------------------------------------------------------- */

char *guess_name(const struct sensitivity *s, const struct guess *g)
{
	char *all = NULL, name[256];

	for (unsigned i = 0; i < g->n; i++) {
		char *longer;

		setting_name(s->sc, g->at[i], name, sizeof name);
		longer = mem_format("%s%s%s", all ? all : "", all ? ", " : "",
				    name);
		free(all);
		all = longer;
	}
	return all;
}

bool guess_is_jitter(const struct sensitivity *s, const struct guess *g)
{
	return setting_row(s->sc, *g->at)->kind == PARAM_JITTER;
}

char *guess_row(const struct sensitivity *s, const struct guess *g)
{
	if (guess_is_jitter(s, g))
		return mem_text("every jitter");
	return mem_format("%s.%s", s->sc->stages[g->at->stage].type->name,
			  setting_row(s->sc, *g->at)->name);
}

bool guess_matters(const struct guess *g)
{
	for (int k = 0; k < NUM_TRIALS; k++)
		if (g->trials[k].n > 0 || g->trials[k].refused)
			return true;
	return false;
}

/* --- finding them ------------------------------------------------------- */

static const char *why_skipped(const struct scenario *sc, struct setting s)
{
	const struct param *row = setting_row(sc, s);
	double number = 1;

	if (row->kind != PARAM_JITTER &&
	    !param_number(row, setting_field(sc, s), &number))
		return "no number";
	if (number == 0)
		return "zero";
	return swept_index(sc, s) >= 0 ? "swept" : NULL;
}

/* Jitter is one guess for the whole machine: nobody has measured any of it. */
static bool is_same_row(const struct scenario *sc, struct setting a,
			struct setting b)
{
	if (setting_row(sc, a)->kind == PARAM_JITTER)
		return setting_row(sc, b)->kind == PARAM_JITTER;
	return sc->stages[a.stage].type == sc->stages[b.stage].type &&
	       a.row == b.row;
}

static bool belongs_to(const struct scenario *sc, const struct guess *g,
		       struct setting s, const char *value, const char *skipped)
{
	return is_same_row(sc, *g->at, s) && g->skipped == skipped &&
	       strcmp(g->value, value) == 0;
}

static void add_guess(struct sensitivity *to, struct setting s)
{
	const char *skipped = why_skipped(to->sc, s);
	struct guess *g = to->guesses, *end = g + to->n;
	char value[512];

	param_format(setting_row(to->sc, s), setting_field(to->sc, s), value,
		     sizeof value);
	while (g < end && !belongs_to(to->sc, g, s, value, skipped))
		g++;
	if (g == end) {
		g = mem_push(to->guesses, to->n);
		g->value = mem_text(value);
		g->skipped = skipped;
	}
	*mem_push(g->at, g->n) = s;
}

/* --- what they are tried with ------------------------------------------- */

static bool scale_jitter(const struct param *row, const struct jitter *from,
			 double factor, struct jitter *to)
{
	struct jitter j = *from;
	char text[512], why[512];

	j.share *= factor;
	j.absolute = llround((double)j.absolute * factor);
	param_format(row, &j, text, sizeof text);
	return param_parse(row, text, to, why, sizeof why);
}

static bool scale_number(const struct param *row, const void *from,
			 double factor, union field *to)
{
	double number;

	param_number(row, from, &number);
	return param_set_number(row, number * factor, to);
}

static void set_limit(const struct param *row, bool most, union field *to)
{
	char why[512];

	param_parse(row, most ? row->max : row->min, to, why, sizeof why);
}

static void trial_find(const struct sensitivity *s, struct guess *g, int which)
{
	struct trial *t = &g->trials[which];
	const struct param *row = setting_row(s->sc, *g->at);
	const void *from = setting_field(s->sc, *g->at);
	const char *limit = which == HALVED ? "least" : "most";
	union field field = {0};
	char text[512];

	if (row->kind == PARAM_JITTER) {
		if (!scale_jitter(row, from, factors[which], &field.jitter))
			field.jitter = *(const struct jitter *)from;
	} else if (!scale_number(row, from, factors[which], &field)) {
		t->limit = limit;
		set_limit(row, which == DOUBLED, &field);
	}
	param_format(row, &field, text, sizeof text);
	if (strcmp(text, g->value) != 0)
		t->value = mem_text(text);
	else
		t->limit = limit;
}

void guesses_find(struct sensitivity *to)
{
	for (unsigned i = 0; i < to->sc->n_stages; i++) {
		const struct stage_conf *s = &to->sc->stages[i];

		for (unsigned r = 0; r < s->type->n_params; r++)
			if (param_is_guess(s->type, r, s->params,
					   s->sources[r]))
				add_guess(to, (struct setting){i, r});
	}
	for (unsigned i = 0; i < to->n; i++)
		for (int k = 0; !to->guesses[i].skipped && k < NUM_TRIALS; k++)
			trial_find(to, &to->guesses[i], k);
}

static void trial_free(struct trial *t)
{
	for (unsigned i = 0; i < t->n; i++)
		free(t->changes[i].note);
	free(t->changes);
	free(t->value);
	free(t->refused);
}

void guesses_free(struct sensitivity *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		for (int k = 0; k < NUM_TRIALS; k++)
			trial_free(&s->guesses[i].trials[k]);
		free(s->guesses[i].at);
		free(s->guesses[i].value);
	}
	free(s->guesses);
}
