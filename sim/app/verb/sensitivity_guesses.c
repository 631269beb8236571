/* SPDX-License-Identifier: MIT */
/* The guesses of a scenario, and the values they are tried with. */
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/guess.h"
#include "sim/app/verb/sensitivity.h"

const char *const trial_names[NUM_TRIALS] = {"halved", "doubled"};
static const double factors[NUM_TRIALS] = {0.5, 2};

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

static const struct param *row_of(const struct scenario *sc, struct setting s)
{
	return &sc->stages[s.stage].type->params[s.row];
}

static void *field_of(const struct scenario *sc, struct setting s)
{
	return param_field(row_of(sc, s), sc->stages[s.stage].params);
}

static bool is_swept(const struct scenario *sc, struct setting s)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (sc->swept[i].stage == s.stage && sc->swept[i].row == s.row)
			return true;
	return false;
}

static const char *why_skipped(const struct scenario *sc, struct setting s)
{
	double number;

	if (!param_number(row_of(sc, s), field_of(sc, s), &number))
		return "no number";
	if (number == 0)
		return "zero";
	return is_swept(sc, s) ? "swept" : NULL;
}

static bool belongs_to(const struct scenario *sc, const struct guess *g,
		       struct setting s, const char *value, const char *skipped)
{
	return sc->stages[g->at->stage].type == sc->stages[s.stage].type &&
	       g->at->row == s.row && g->skipped == skipped &&
	       strcmp(g->value, value) == 0;
}

static void add_guess(struct sensitivity *to, struct setting s)
{
	const char *skipped = why_skipped(to->sc, s);
	struct guess *g = to->guesses, *end = g + to->n;
	char value[512];

	param_format(row_of(to->sc, s), field_of(to->sc, s), value,
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

void guesses_find(struct sensitivity *to)
{
	for (unsigned i = 0; i < to->sc->n_stages; i++) {
		const struct stage_conf *s = &to->sc->stages[i];

		for (unsigned r = 0; r < s->type->n_params; r++)
			if (param_is_guess(s->type, r, s->params,
					   s->sources[r]))
				add_guess(to, (struct setting){i, r});
	}
}

void trial_find(const struct sensitivity *s, struct guess *g, int which)
{
	struct trial *t = &g->trials[which];
	double factor = factors[which];
	const struct param *row = row_of(s->sc, *g->at);
	union {
		int64_t integer;
		double real;
	} field = {0};
	char text[512], why[512];
	double number;

	param_number(row, field_of(s->sc, *g->at), &number);
	if (!param_set_number(row, number * factor, &field)) {
		t->limit = factor < 1 ? "least" : "most";
		param_parse(row, factor < 1 ? row->min : row->max, &field, why,
			    sizeof why);
	}
	param_format(row, &field, text, sizeof text);
	if (strcmp(text, g->value) != 0)
		t->value = mem_text(text);
	else
		t->limit = factor < 1 ? "least" : "most";
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
