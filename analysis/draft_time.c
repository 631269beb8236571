/* SPDX-License-Identifier: MIT */
/*
 * A windowed rate over time, one panel per series, one run each: the first
 * seed's. Means would hide what is to be seen, how it swings.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "analysis/draft.h"

static bool read_samples(struct draft *d, const char *run, const char *probe,
			 struct curve *c)
{
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		"SELECT t_ns, value FROM v_sample WHERE run = ?1 AND "
		"probe = ?2 ORDER BY t_ns",
		run, probe, NULL);

	if (!row)
		return false;
	while (database_step(d->db, row, d->t))
		curve_point(d, c,
			    (struct point){sqlite3_column_double(row, 0),
					   sqlite3_column_double(row, 1), NAN,
					   NAN});
	sqlite3_finalize(row);
	return !d->t->text[0];
}

static char *quantile_text(struct draft *d, const struct panel *p,
			   const double *sorted, unsigned n, unsigned percent)
{
	double q = gsl_stats_quantile_from_sorted_data(sorted, 1, n,
						       percent / 100.);
	struct unit u = unit_for(p->y.unit.base, q);

	return pool_text(d->pool, "p%u %.3g %s", percent, q / u.factor,
			 unit_label(&u));
}

/* How much it swings, beside the panel. */
static void add_notes(struct draft *d, struct panel *p, const struct curve *c)
{
	double *values = pool_alloc(d->pool, (c->n + 1) * sizeof *values);
	double mean, sd;
	unsigned i;

	if (c->n < 2)
		return;
	for (i = 0; i < c->n; i++)
		values[i] = c->points[i].y;
	gsl_sort(values, 1, c->n);
	mean = gsl_stats_mean(values, 1, c->n);
	sd = gsl_stats_sd_m(values, 1, c->n, mean);
	p->notes[0] = quantile_text(d, p, values, c->n, 1);
	p->notes[1] = quantile_text(d, p, values, c->n, 99);
	p->notes[2] = pool_text(d->pool, "cv %.3g %%", 100 * sd / mean);
}

/* Of a level the mean is sampled, of a counter how often in each window. */
const char *probe_unit(struct draft *d, const char *probe)
{
	static const char *const suffixes[] = {"", ".rate", ".mean", ".p50"};
	const struct column *c;
	unsigned i;

	for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		c = wide_column(&d->wide,
				pool_text(d->pool, "%s%s", probe, suffixes[i]));
		if (c)
			return c->unit;
	}
	return "1/s";
}

static bool add_panel(struct draft *d, const char *probe, unsigned series)
{
	struct chart *c = d->chart;
	struct panel *p = &c->panels[c->n_panels++];
	const struct line *l = &d->lines.all[d->first_line[series]];
	struct curve *new = curve_add(d, p, series, 0);

	p->y = (struct axis){.label = pool_text(d->pool, "%s", probe),
			     .unit.base = probe_unit(d, probe),
			     .log = d->spec.log_y};
	if (!read_samples(d, l->run, probe, new))
		return false;
	if (!new->n)
		return trouble_user(d->t,
				    "no samples of %s were kept; %s has to ask "
				    "for them under `samples`",
				    probe, d->figure->scenario);
	p->name = series_long_name(d, series);
	add_notes(d, p, new);
	return true;
}

bool draft_time(struct draft *d)
{
	struct names numbers = {0};
	unsigned i, k;

	if (!d->spec.y.n)
		return trouble_user(d->t, "it names no metric as `y`");
	if (!draft_series(d, NULL) || !draft_read(d, &numbers))
		return false;
	d->chart->x.unit.base = "ns";
	for (k = 0; k < d->spec.y.n; k++)
		for (i = 0; i < d->chart->n_series; i++)
			if (d->chart->n_panels < MAX_PANELS &&
			    !add_panel(d, d->spec.y.all[k], i))
				return false;
	return true;
}
