/* SPDX-License-Identifier: MIT */
/*
 * A guess is halved or doubled by a --set, so that a sweep's `default` follows
 * it, and the scenario runs into a database of its own that is gone afterwards.
 * Nothing else changes, seeds included.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/exit.h"
#include "sim/app/memory.h"
#include "sim/app/verb/sensitivity.h"

/* --- one passing session ------------------------------------------------ */

/* *refused: the scenario cannot be with these. */
static int run(struct session *to, const struct sensitivity *s,
	       char *const *sets, unsigned n_sets, struct attempts *a,
	       char **refused)
{
	struct complaints complaints = {0};
	char *db = mem_format("%s/passing.db", a->folder);
	int code = EXIT_DONE;

	to->passing = &a->progress;
	session_load(to, s->sc->path, sets, n_sets, &complaints);
	if (complaints.n > 0)
		*refused = mem_text(complaints.all[0].text);
	else
		code = session_run(to, db, (unsigned)a->jobs,
				   (struct shard){1, 1});
	complaints_free(&complaints);
	free(db);
	return code;
}

/* Its database goes with it. */
static void end(struct session *s)
{
	char *db = s->store ? mem_text(store_path(s->store)) : NULL;

	session_free(s);
	if (db)
		unlink(db);
	free(db);
}

/* At the most; what a session need not run, as points are twins, is done as
 * well. */
static unsigned runs_of_one(const struct sensitivity *s)
{
	return s->sc->n_points * (unsigned)s->seeds;
}

/* --- what can change, and did ------------------------------------------- */

bool sensitivity_judges(const struct sensitivity *s, unsigned expect,
			struct asked *asked)
{
	struct asked_filter filter = {asked, s->sc};

	return s->sc->expects[expect].banded &&
	       is_asked_for(&s->sc->expects[expect], &filter);
}

static bool judges_any(const struct sensitivity *s, struct asked *asked)
{
	bool any = false;

	for (unsigned i = 0; i < s->sc->n_expects; i++)
		any |= sensitivity_judges(s, i, asked);
	return any;
}

/* Without an interval nothing speaks against it. */
static bool is_clear(const struct estimate *e, const struct expect *of)
{
	if (isnan(e->value) || isnan(e->low) || isnan(e->high))
		return true;
	if (e->value < of->low)
		return e->high < of->low;
	if (e->value > of->high)
		return e->low > of->high;
	return e->low >= of->low && e->high <= of->high;
}

static void compare(const struct sensitivity *s, const struct verdict *moved,
		    struct attempts *a, struct trial *t)
{
	for (unsigned i = 0; i < s->sc->n_expects; i++) {
		const struct expect *e = &s->sc->expects[i];
		const struct verdict *v = &moved[i], *was = &s->as_is[i];

		if (v->kind == was->kind ||
		    !sensitivity_judges(s, i, &a->asked))
			continue;
		*mem_push(t->changes, t->n) = (struct change){
			.expect = i,
			.now = v->kind,
			.estimate = v->estimate,
			.settled = is_clear(&was->estimate, e) &&
				   is_clear(&v->estimate, e),
			.note = mem_text(v->note)};
	}
}

static bool is_changed(const struct guess *g, unsigned expect, bool settled)
{
	for (int k = 0; k < NUM_TRIALS; k++)
		for (unsigned i = 0; i < g->trials[k].n; i++) {
			const struct change *c = &g->trials[k].changes[i];

			if (c->expect == expect && (c->settled || !settled))
				return true;
		}
	return false;
}

static void count_changes(const struct sensitivity *s, struct guess *g)
{
	for (unsigned i = 0; i < s->sc->n_expects; i++) {
		g->n_changed += is_changed(g, i, false);
		g->n_settled += is_changed(g, i, true);
	}
}

/* --- one after the other ------------------------------------------------ */

static char *seeds_set(const struct sensitivity *s)
{
	return mem_format("run.seeds=%ld", s->seeds);
}

static char **sets_of(const struct sensitivity *s, const struct guess *g,
		      const char *value)
{
	char **sets = mem_new(g->n + 1, sizeof *sets), name[256];

	sets[0] = seeds_set(s);
	for (unsigned i = 0; i < g->n; i++)
		sets[i + 1] = mem_format(
			"%s=%s",
			setting_name(s->sc, g->at[i], name, sizeof name),
			value);
	return sets;
}

static int try(const struct sensitivity *s, const struct guess *g,
	       struct attempts *a, struct trial *t)
{
	char **sets = sets_of(s, g, t->value);
	struct session moved = {0};
	unsigned done = a->progress.done + runs_of_one(s);
	int code = run(&moved, s, sets, g->n + 1, a, &t->refused);

	if (code == EXIT_DONE && !t->refused)
		compare(s, moved.verdicts[0], a, t);
	progress_tell(&a->progress, done);
	end(&moved);
	for (unsigned i = 0; i <= g->n; i++)
		free(sets[i]);
	free(sets);
	return code;
}

static int try_as_is(struct sensitivity *s, struct attempts *a)
{
	char *seeds = seeds_set(s), *refused = NULL;
	struct session as_is = {0};
	unsigned done = a->progress.done + runs_of_one(s);
	int code = run(&as_is, s, &seeds, 1, a, &refused);

	if (code == EXIT_DONE && refused) {
		fprintf(stderr, "ringsim: %s: %s\n", s->sc->path, refused);
		code = EXIT_USER;
	}
	if (code == EXIT_DONE) {
		s->as_is = as_is.verdicts[0];
		as_is.verdicts[0] = NULL;
		for (unsigned i = 0; i < s->sc->n_expects; i++)
			s->as_is[i].expect = &s->sc->expects[i];
	}
	progress_tell(&a->progress, done);
	end(&as_is);
	free(seeds);
	free(refused);
	return code;
}

unsigned sensitivity_runs(const struct sensitivity *s, struct attempts *a)
{
	unsigned n = 1;

	if (!judges_any(s, &a->asked))
		return 0;
	for (unsigned i = 0; i < s->n; i++)
		for (int k = 0; k < NUM_TRIALS; k++)
			n += s->guesses[i].trials[k].value != NULL;
	return n * runs_of_one(s);
}

static int by_effect(const void *a, const void *b)
{
	const struct guess *g = a, *h = b;

	if (g->n_settled != h->n_settled)
		return g->n_settled > h->n_settled ? -1 : 1;
	if (g->n_changed != h->n_changed)
		return g->n_changed > h->n_changed ? -1 : 1;
	if (g->at->stage != h->at->stage)
		return g->at->stage < h->at->stage ? -1 : 1;
	return g->at->row < h->at->row ? -1 : g->at->row > h->at->row;
}

int sensitivity_try(struct sensitivity *s, struct attempts *a)
{
	int code;

	if (!judges_any(s, &a->asked))
		return EXIT_DONE;
	code = try_as_is(s, a);
	for (unsigned i = 0; code == EXIT_DONE && i < s->n; i++) {
		struct guess *g = &s->guesses[i];

		for (int k = 0; code == EXIT_DONE && k < NUM_TRIALS; k++)
			if (g->trials[k].value)
				code = try(s, g, a, &g->trials[k]);
		count_changes(s, g);
	}
	if (code == EXIT_DONE && s->n > 0)
		qsort(s->guesses, s->n, sizeof *s->guesses, by_effect);
	return code;
}
