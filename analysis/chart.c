/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/draft.h"

/* Panels show one run. */
static char *shown_text(struct draft *d)
{
	return pool_text(d->pool, "run %s, seed %g%s%s", d->shown->run,
			 d->shown->seed, d->series.n ? ", " : "",
			 d->series.n ? series_long_name(d, 0) : "");
}

static char *seeds_text(struct draft *d)
{
	if (d->chart->kind == FIGURE_TIME)
		return pool_text(d->pool, "seed %g",
				 d->lines.all[d->first_line[0]].seed);
	if (d->chart->kind == FIGURE_PANELS)
		return shown_text(d);
	if (d->spec.kind == FIGURE_EXPECTED)
		return "means and 95 % confidence";
	if (d->chart->kind == FIGURE_STALLS)
		return pool_text(d->pool, "%u seed%s%s", d->seeds,
				 d->seeds > 1 ? "s" : "", d->said);
	if (d->seeds < 2)
		return "1 seed";
	if (d->chart->stacked)
		return pool_text(
			d->pool,
			"%u seeds, means and 95 %% confidence of the sum",
			d->seeds);
	return pool_text(d->pool, "%u seeds, mean%s", d->seeds,
			 d->chart->intervals ? " and 95 % confidence" : "");
}

/* What was left out is said. */
static char *omitted_text(struct draft *d)
{
	unsigned shown = d->chart->kind == FIGURE_TIME ? d->chart->n_panels
						       : d->chart->n_series;

	if (shown >= d->n_series || d->chart->kind == FIGURE_STALLS)
		return "";
	return pool_text(d->pool, ", %u of %u series", shown, d->n_series);
}

static char *legend_text(struct draft *d)
{
	char *all = d->column ? pool_text(d->pool, "%s", d->column) : "";
	unsigned i;

	for (i = 0; i < d->series.n; i++)
		all = pool_text(d->pool, "%s%s%s", all, *all ? ", " : "",
				d->series.all[i]);
	return all;
}

void draft_words(struct draft *d)
{
	const struct figure *f = d->figure;
	struct chart *c = d->chart;

	c->title = d->spec.title ? d->spec.title
				 : pool_text(d->pool, "%s", f->title);
	c->subtitle = pool_text(d->pool, "%s", f->question);
	c->footer =
		pool_text(d->pool, "%s: %s%s%s%s%s", f->scenario, seeds_text(d),
			  omitted_text(d), c->zeros ? ", zeros left out" : "",
			  *f->source ? "; source: " : "", f->source);
	c->command =
		pool_text(d->pool, "ringsim plot %s/%s", f->scenario, f->name);
	c->legend = c->stacked ? "" : legend_text(d); /* it lists parts */
}

static bool read_spec(struct draft *d)
{
	if (!*d->figure->spec)
		return spec_automatic(d);
	return spec_read(&d->spec, d->pool, d->figure, d->t);
}

static bool draw(struct draft *d)
{
	d->chart->kind = d->spec.kind;
	switch (d->spec.kind) {
	case FIGURE_LINES:
	case FIGURE_BARS:
		return draft_lines(d);
	case FIGURE_TIME:
		return draft_time(d);
	case FIGURE_PERCENTILES:
		return draft_percentiles(d);
	case FIGURE_EXPECTED:
		return draft_expected(d);
	case FIGURE_STALLS:
		return draft_stalls(d);
	case FIGURE_PANELS:
		return draft_panels(d);
	}
	return false;
}

static bool finish(struct draft *d)
{
	if (!wide_open(&d->wide, d->pool, d->db, d->figure, d->t) ||
	    !read_spec(d) || !draw(d) ||
	    (d->spec.kind != FIGURE_EXPECTED && !draft_bands(d)))
		return false;
	draft_looks(d);
	draft_axes(d);
	draft_words(d);
	return true;
}

struct chart *chart_build(struct database *db, const struct figure *f,
			  struct trouble *t)
{
	struct chart *c = calloc(1, sizeof *c);
	struct draft d = {.chart = c, .db = db, .figure = f, .t = t};

	if (!c) {
		trouble_machine(t, "there is no memory left to draw with");
		return NULL;
	}
	d.pool = &c->pool;
	if (finish(&d))
		return c;
	trouble_place(t, "figure %s/%s", f->scenario, f->name);
	chart_free(c);
	return NULL;
}

void chart_free(struct chart *c)
{
	if (!c)
		return;
	pool_free(&c->pool);
	free(c);
}
