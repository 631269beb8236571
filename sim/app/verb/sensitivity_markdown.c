/* SPDX-License-Identifier: MIT */
/*
 * The same as a page: a section per regime (S0, S1 …), which is a machine of
 * its own, with a row per guess and what all its scenarios say of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/sensitivity_page.h"

/* --- a row per guess ---------------------------------------------------- */

static const char *const ways[] = {[VERDICT_MISSED] = "out",
				   [VERDICT_MET] = "in",
				   [VERDICT_REPORTED] = "undefined"};

static const struct trial *trial_of(const struct member *m, int which)
{
	return &m->guess->trials[which];
}

static bool put_changes(const struct section *sec, const struct guess_line *l,
			int which, enum verdict_kind now, bool more)
{
	const char *before = NULL;

	for (unsigned i = 0; i < l->n; i++) {
		const struct trial *t = trial_of(&l->members[i], which);
		const struct scenario *sc = l->members[i].s->sc;

		for (unsigned k = 0; k < t->n; k++) {
			if (t->changes[k].now != now)
				continue;
			if (!before)
				printf("%s%s: ", more ? "; " : "", ways[now]);
			fputs(before ? before : "", stdout);
			page_figure(sec, &sc->expects[t->changes[k].expect]);
			fputs(t->changes[k].settled ? "" : "?", stdout);
			before = ", ";
		}
	}
	return before || more;
}

/* ` (12us, the most)` where it is not what the head says. */
static void put_limit(const struct guess_line *l, int which)
{
	const struct trial *t = trial_of(l->members, which);
	char *value;

	if (!t->limit)
		return;
	value = t->value ? trial_value(l->members->guess, t) : NULL;
	printf(" (%s%s)", value ? value : "is its ", value ? "" : t->limit);
	free(value);
}

static void put_refusals(const struct guess_line *l, int which, bool more)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (!trial_of(&l->members[i], which)->refused)
			continue;
		printf("%scannot be in ", more ? "; " : "");
		page_text(l->members[i].s->sc->name);
		more = true;
	}
}

static void put_trial(const struct section *sec, const struct guess_line *l,
		      int which)
{
	bool more = false;

	fputs(" | ", stdout);
	more = put_changes(sec, l, which, VERDICT_MISSED, more);
	more = put_changes(sec, l, which, VERDICT_MET, more);
	more = put_changes(sec, l, which, VERDICT_REPORTED, more);
	put_refusals(l, which, more);
	put_limit(l, which);
}

static bool matters(const struct guess_line *l)
{
	for (unsigned i = 0; i < l->n; i++)
		if (guess_matters(l->members[i].guess))
			return true;
	return false;
}

static void put_line(const struct section *sec, const struct guess_line *l)
{
	printf("| `%s` | %s | %u", l->name, l->value, l->n_settled);
	if (l->n_changed > l->n_settled)
		printf(" + %u?", l->n_changed - l->n_settled);
	for (int k = 0; k < NUM_TRIALS; k++)
		put_trial(sec, l, k);
	puts(" |");
}

static void put_lines(const struct section *sec, const struct guess_line *lines,
		      unsigned n)
{
	static const char heads[] =
		"| guess | value | figures | halved | doubled |\n"
		"|---|---:|---:|---|---|\n";
	const char *before = heads;

	for (unsigned i = 0; i < n; i++) {
		if (!matters(&lines[i]))
			continue;
		fputs(before, stdout);
		put_line(sec, &lines[i]);
		before = "";
	}
	if (before != heads)
		putchar('\n');
}

/* --- what no figure hangs on -------------------------------------------- */

static bool is_without_effect(const struct guess_line *l)
{
	return !l->members->guess->skipped && !matters(l);
}

static bool is_zero(const struct guess_line *l)
{
	return l->members->guess->skipped &&
	       strcmp(l->members->guess->skipped, "zero") == 0;
}

static bool is_otherwise_skipped(const struct guess_line *l)
{
	return l->members->guess->skipped && !is_zero(l);
}

static void put_list(const char *before, const struct guess_line *lines,
		     unsigned n, bool (*wanted)(const struct guess_line *l),
		     bool valued)
{
	const char *between = before;

	for (unsigned i = 0; i < n; i++) {
		if (!wanted(&lines[i]))
			continue;
		printf("%s`%s`", between, lines[i].name);
		if (valued)
			printf(" %s", lines[i].value);
		between = ", ";
	}
	if (between != before)
		puts(".\n");
}

/* --- sections ----------------------------------------------------------- */

/* Up to its first dot. */
static size_t regime_of(const struct sensitivity *s, const char **name)
{
	*name = s->sc->expects[0].id;
	return strcspn(*name, ".");
}

static void put_seeds(const struct sensitivity *s)
{
	page_text(s->sc->name);
	if (!s->as_is)
		return;
	printf(" %ld", s->seeds);
	if (s->seeds != s->own_seeds)
		printf(" (of its %ld)", s->own_seeds);
}

static void put_scenarios(const struct section *sec, const char *before,
			  bool judged)
{
	const char *between = before;

	for (unsigned i = 0; i < sec->n; i++)
		if ((sec->all[i]->as_is != NULL) == judged) {
			fputs(between, stdout);
			put_seeds(sec->all[i]);
			between = ", ";
		}
	if (between != before)
		puts(".\n");
}

static void put_title(const struct section *sec)
{
	const char *name;
	size_t n = regime_of(*sec->all, &name);

	printf("## %.*s\n\n", (int)n, name);
	put_scenarios(sec, "Runs per point: ", true);
	put_scenarios(sec, "Not run, because no figure has a band: ", false);
}

static void put_section(const struct section *sec)
{
	unsigned n_lines;
	struct guess_line *lines = sensitivity_rows(sec->all, sec->n, &n_lines);

	put_title(sec);
	put_lines(sec, lines, n_lines);
	put_list("No verdict hangs on ", lines, n_lines, is_without_effect,
		 true);
	put_list("Zero, so that there is nothing to halve: ", lines, n_lines,
		 is_zero, false);
	put_list("Not tried, because it is swept or no number: ", lines,
		 n_lines, is_otherwise_skipped, true);
	page_figures(sec);
	sensitivity_rows_free(lines, n_lines);
}

static int compare_regimes(const struct sensitivity *s,
			   const struct sensitivity *t)
{
	const char *a, *b;
	size_t n = regime_of(s, &a), m = regime_of(t, &b);
	int sign = strncmp(a, b, n < m ? n : m);

	return sign ? sign : (n > m) - (n < m);
}

static int by_regime(const void *a, const void *b)
{
	const struct sensitivity *const *s = a, *const *t = b;
	int sign = compare_regimes(*s, *t);

	return sign ? sign : *s < *t ? -1 : 1;
}

void sensitivity_markdown(const struct sensitivity *all, unsigned n,
			  struct asked *asked)
{
	const struct sensitivity **sorted = mem_new(n, sizeof *sorted);
	struct section sec = {.all = sorted, .asked = asked};

	for (unsigned i = 0; i < n; i++)
		sorted[i] = &all[i];
	qsort(sorted, n, sizeof *sorted, by_regime);
	for (unsigned i = 1; i <= n; i++) {
		sec.n++;
		if (i < n && compare_regimes(*sec.all, sorted[i]) == 0)
			continue;
		put_section(&sec);
		sec.all += sec.n;
		sec.n = 0;
	}
	free(sorted);
}
