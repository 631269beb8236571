/* SPDX-License-Identifier: MIT */
/* What hangs on the guesses of a scenario, for programs. */
#include "sim/app/verb/report.h"
#include "sim/app/verb/sensitivity.h"

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *json_change(const struct sensitivity *s, const struct change *c)
{
	const struct expect *e = &s->sc->expects[c->expect];
	const struct verdict *as_is = &s->as_is[c->expect];
	json_t *one = json_object();

	set(one, "id", json_text(e->id));
	set(one, "kind", json_text(expect_kind_name(e->kind)));
	set(one, "documented", json_text(e->documented));
	set(one, "known_miss", json_text(e->known_miss));
	set(one, "unit", json_text(e->unit));
	set(one, "low", json_number(e->low));
	set(one, "high", json_number(e->high));
	set(one, "value_as_is", json_number(as_is->estimate.value));
	set(one, "verdict_as_is", json_text(verdict_name(as_is->kind)));
	set(one, "value", json_number(c->estimate.value));
	set(one, "verdict", json_text(verdict_name(c->now)));
	set(one, "settled", json_boolean(c->settled));
	set(one, "note", json_text(c->note));
	return one;
}

static json_t *json_trial(const struct sensitivity *s, const struct trial *t)
{
	json_t *one = json_object(), *changes = json_array();

	for (unsigned i = 0; i < t->n; i++)
		json_array_append_new(changes, json_change(s, &t->changes[i]));
	set(one, "value", json_text(t->value));
	set(one, "limit", json_text(t->limit));
	set(one, "refused", json_text(t->refused));
	set(one, "changes", changes);
	return one;
}

static json_t *json_guess(const struct sensitivity *s, const struct guess *g)
{
	json_t *one = json_object(), *names = json_array();
	char name[256];

	for (unsigned i = 0; i < g->n; i++)
		json_array_append_new(
			names, json_text(setting_name(s->sc, g->at[i], name,
						      sizeof name)));
	set(one, "settings", names);
	set(one, "value", json_text(g->value));
	set(one, "skipped", json_text(g->skipped));
	set(one, "changed", json_integer(g->n_changed));
	set(one, "settled", json_integer(g->n_settled));
	for (int k = 0; !g->skipped && k < NUM_TRIALS; k++)
		set(one, trial_names[k], json_trial(s, &g->trials[k]));
	return one;
}

json_t *sensitivity_json(const struct sensitivity *s)
{
	json_t *one = json_object(), *guesses = json_array();

	for (unsigned i = 0; s->as_is && i < s->n; i++)
		json_array_append_new(guesses, json_guess(s, &s->guesses[i]));
	set(one, "scenario", json_text(s->sc->name));
	set(one, "judged", json_boolean(s->as_is != NULL));
	set(one, "seeds", json_integer(s->seeds));
	set(one, "own_seeds", json_integer(s->own_seeds));
	set(one, "guesses", guesses);
	return one;
}
