/* SPDX-License-Identifier: MIT */
/* What stands around a drawing on paper, and below one in letters. */
#include "analysis/letters.h"
#include "analysis/text.h"

void letters_say(const char *text, unsigned columns)
{
	if (!*text)
		return;
	text_print(stdout, text, columns);
	putchar('\n');
}

/* What stands beside a panel on paper. */
static void print_beside(const struct panel *p, bool bands, unsigned columns)
{
	struct pool pool = {0};
	unsigned i;

	if (p->notes[0])
		letters_say(pool_text(&pool, "%s: %s, %s, %s", p->name,
				      p->notes[0], p->notes[1], p->notes[2]),
			    columns);
	for (i = 0; bands && i < p->n_bands; i++)
		letters_say(pool_text(&pool, "%s: %s", p->bands[i].id,
				      p->bands[i].words),
			    columns);
	pool_free(&pool);
}

/* Which number is which name, as many to a line as fit. */
static void print_numbers(const struct chart *c, unsigned columns)
{
	struct pool pool = {0};
	char *line = "", *item;
	unsigned i;

	for (i = 0; letters_numbered(c, columns) && i < c->x.ticks.n; i++) {
		item = pool_text(&pool, "%u: %s", i + 1,
				 c->x.ticks.all[i].text);
		if (*line && text_length(line, columns) +
					     text_length(item, columns) + 3 >
				     columns) {
			letters_say(line, columns);
			line = "";
		}
		line = pool_text(&pool, "%s%s%s", line, *line ? "   " : "",
				 item);
	}
	letters_say(line, columns);
	pool_free(&pool);
}

/* What stands above the panels on paper. */
static void print_flags(const struct chart *c, unsigned columns)
{
	const char *unit = unit_label(&c->x.unit);
	struct pool pool = {0};
	char length[64];
	unsigned i;

	for (i = 0; i < c->n_flags && i < MAX_FLAGS; i++) {
		const struct flag *f = &c->flags[i];

		if (!*f->text)
			continue;
		letters_say(f->to > f->from
				    ? pool_text(&pool, "%.5g–%.5g %s: %s",
						f->from, f->to, unit, f->text)
				    : pool_text(&pool, "%s: %s", f->text,
						unit_text("ns", f->from, length,
							  sizeof length)),
			    columns);
	}
	pool_free(&pool);
}

/* How many dots a lane has. */
static void print_lanes(const struct panel *p, unsigned columns)
{
	struct pool pool = {0};
	unsigned i, lane = 0;

	for (i = 0; p->kind == PANEL_STRIP && i < p->n_curves; i++) {
		if (!p->curves[i].name)
			continue;
		letters_say(pool_text(&pool, "%s: %s",
				      p->y.ticks.all[lane++].text,
				      p->curves[i].name),
			    columns);
	}
	pool_free(&pool);
}

void letters_notes(const struct chart *c, unsigned columns)
{
	unsigned i;

	print_numbers(c, columns);
	print_lanes(&c->panels[0], columns);
	print_flags(c, columns);

	for (i = 0; i < c->n_panels; i++)
		print_beside(&c->panels[i], !i || c->kind != FIGURE_TIME,
			     columns);
	letters_say(c->footer, columns);
}
