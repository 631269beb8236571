/* SPDX-License-Identifier: MIT */
/* What figures are called in a table of guesses, and what they are. */
#include <stdio.h>
#include <string.h>

#include "sim/app/verb/report.h"
#include "sim/app/verb/sensitivity_page.h"
#include "sim/app/verb/show.h"

/* What stands for itself in Markdown. */
void page_text(const char *text)
{
	for (; *text; text++) {
		if (strchr("\\|*_<>`[]", *text))
			putchar('\\');
		putchar(*text);
	}
}

/* --- figures ------------------------------------------------------------ */

/* Several rows of `replay` may have one id: they are counted. */
static unsigned rows_with_id(const struct section *sec,
			     const struct expect *until, const char *id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < sec->n; i++)
		for (unsigned k = 0; k < sec->all[i]->sc->n_expects; k++) {
			const struct expect *e = &sec->all[i]->sc->expects[k];

			n += strcmp(e->id, id) == 0;
			if (e == until)
				return n;
		}
	return n;
}

void page_figure(const struct section *sec, const struct expect *e)
{
	const char *star = e->kind == EXPECT_FITTED ? "*" : "";

	fputs(star, stdout);
	page_text(e->id);
	if (rows_with_id(sec, NULL, e->id) > 1)
		printf(" (%u)", rows_with_id(sec, e, e->id));
	fputs(star, stdout);
}

/* --- the figures that were named ---------------------------------------- */

static const char heads[] =
	"| figure | documented | band | as it is | kind | verdict |\n"
	"|---|---|---:|---:|---|---|";

static bool trials_name(const struct guess *g, unsigned expect)
{
	for (int k = 0; k < NUM_TRIALS; k++)
		for (unsigned i = 0; i < g->trials[k].n; i++)
			if (g->trials[k].changes[i].expect == expect)
				return true;
	return false;
}

static bool is_named(const struct sensitivity *s, unsigned expect)
{
	for (unsigned i = 0; i < s->n; i++)
		if (trials_name(&s->guesses[i], expect))
			return true;
	return false;
}

static void put_expect(const struct section *sec, const struct sensitivity *s,
		       unsigned expect)
{
	const struct expect *e = &s->sc->expects[expect];
	const struct verdict *v = &s->as_is[expect];
	char text[SHOWN];

	fputs("| ", stdout);
	page_figure(sec, e);
	fputs(" | ", stdout);
	page_text(e->documented ? e->documented : "");
	printf(" | %s", show_band(e->low, e->high, e->unit, text));
	printf(" | %s", show_value(&v->estimate, e->unit, text));
	printf(" | %s | %s |\n", expect_kind_name(e->kind),
	       verdict_name(v->kind));
}

/* A table of those that a guess changes, or of the others. */
static void put_expects(const struct section *sec, const char *title,
			bool named)
{
	bool begun = false;

	for (unsigned i = 0; i < sec->n; i++)
		for (unsigned k = 0; k < sec->all[i]->sc->n_expects; k++) {
			if (!sensitivity_judges(sec->all[i], k, sec->asked) ||
			    is_named(sec->all[i], k) != named)
				continue;
			if (!begun)
				printf("%s\n\n%s\n", title, heads);
			put_expect(sec, sec->all[i], k);
			begun = true;
		}
	if (begun)
		putchar('\n');
}

void page_figures(const struct section *sec)
{
	put_expects(sec, "These figures hang on guesses:", true);
	put_expects(sec, "These hang on none:", false);
}
