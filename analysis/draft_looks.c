/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "analysis/draft.h"

/* As many hues are told apart at a glance. */
#define NUM_HUES 7

/* Ribbons of more series than this would hide each other. */
#define MOST_INTERVALS 8

struct families {
	unsigned n;
	unsigned of[MAX_SERIES];      /* the family of a series */
	unsigned member[MAX_SERIES];  /* its place there */
	unsigned members[MAX_SERIES]; /* of a family */
};

/* "spin(5us)" and "spin(10us)" are of one family, whatever follows. */
static bool related(const char *a, const char *b)
{
	size_t n = strcspn(a, "(");

	return n == strcspn(b, "(") && !strncmp(a, b, n);
}

static void find_families(struct draft *d, struct families *fs)
{
	char *first[MAX_SERIES];
	unsigned i, f;

	*fs = (struct families){0};
	for (i = 0; i < d->chart->n_series; i++) {
		char *name = series_name(d, i);

		for (f = 0; f < fs->n && !related(first[f], name);)
			f++;
		if (f == fs->n)
			first[fs->n++] = name;
		fs->of[i] = f;
		fs->member[i] = fs->members[f]++;
	}
}

/* From about half of the full colour up to all of it. */
static double shade_of(unsigned member, unsigned members)
{
	return members < 2 ? 1 : 0.45 + 0.55 * member / (members - 1);
}

void draft_looks(struct draft *d)
{
	struct chart *c = d->chart;
	struct families fs;
	unsigned i;

	c->intervals = c->stacked || c->n_series <= MOST_INTERVALS;
	for (i = 0; i < MAX_SERIES; i++)
		c->looks[i] = (struct look){i % NUM_HUES, i, i, 1};
	for (i = NUM_HUES; c->stacked && i < MAX_SERIES; i++)
		c->looks[i].shade = 0.45;
	if (c->stacked || c->n_series <= NUM_HUES)
		return;
	find_families(d, &fs);
	if (fs.n < 2 || fs.n > NUM_HUES)
		return;
	for (i = 0; i < c->n_series; i++)
		c->looks[i] = (struct look){
			fs.of[i], fs.member[i], fs.of[i],
			shade_of(fs.member[i], fs.members[fs.of[i]])};
}
