/* SPDX-License-Identifier: MIT */
/* Scenarios of one machine share its guesses: what all of them say of each. */
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/sensitivity.h"

/* A guess that one scenario tries is tried, even if another sweeps it. */
static void add_member(struct guess_line *line, const struct sensitivity *s,
		       const struct guess *g)
{
	bool only_skipped = line->n > 0 && line->members[0].guess->skipped;

	if (only_skipped && !g->skipped)
		line->n = 0;
	if (!only_skipped && line->n > 0 && g->skipped)
		return;
	*mem_push(line->members, line->n) = (struct member){s, g};
	line->n_changed += g->n_changed;
	line->n_settled += g->n_settled;
}

static void add(struct guess_line **lines, unsigned *n,
		const struct sensitivity *s, const struct guess *g)
{
	struct guess_line *line = *lines, *end;
	char *name = guess_row(s, g);

	for (end = *lines + *n; line < end; line++)
		if (strcmp(line->name, name) == 0 &&
		    strcmp(line->value, g->value) == 0)
			break;
	if (line == end) {
		line = mem_push(*lines, *n);
		line->name = name;
		line->value = g->value;
	} else {
		free(name);
	}
	add_member(line, s, g);
}

static int by_effect(const void *a, const void *b)
{
	const struct guess_line *l = a, *m = b;

	if (l->n_settled != m->n_settled)
		return l->n_settled > m->n_settled ? -1 : 1;
	if (l->n_changed != m->n_changed)
		return l->n_changed > m->n_changed ? -1 : 1;
	if (strcmp(l->name, m->name) != 0)
		return strcmp(l->name, m->name);
	return strcmp(l->value, m->value);
}

struct guess_line *sensitivity_rows(const struct sensitivity *const *all,
				    unsigned n, unsigned *n_lines)
{
	struct guess_line *lines = NULL;

	*n_lines = 0;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; all[i]->as_is && k < all[i]->n; k++)
			add(&lines, n_lines, all[i], &all[i]->guesses[k]);
	if (lines)
		qsort(lines, *n_lines, sizeof *lines, by_effect);
	return lines;
}

void sensitivity_rows_free(struct guess_line *lines, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		free(lines[i].name);
		free(lines[i].members);
	}
	free(lines);
}
