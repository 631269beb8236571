/* SPDX-License-Identifier: MIT */
#include "sim/app/world/measure.h"

#include <math.h>

static void *metric_of(const struct stage *s, const struct metric *row)
{
	return (char *)s + s->type->metrics_at + row->offset;
}

static void metric_init(struct stage *s, const struct metric *row)
{
	void *m = metric_of(s, row);

	switch (row->kind) {
	case METRIC_SPAN:
		span_init(m, s->sim);
		return;
	case METRIC_WINDOWED:
		windowed_init(m, s->sim, s->window, s->measure);
		return;
	case METRIC_COUNTER:
	case METRIC_LEVEL:
	case METRIC_NUMBER:
		return;
	}
}

static void metric_reset(struct stage *s, const struct metric *row)
{
	void *m = metric_of(s, row);

	switch (row->kind) {
	case METRIC_COUNTER:
		counter_reset(m);
		return;
	case METRIC_LEVEL:
		level_reset(m, s->sim);
		return;
	case METRIC_SPAN:
		span_reset(m);
		return;
	case METRIC_WINDOWED:
		windowed_reset(m, s->sim);
		return;
	case METRIC_NUMBER:
		return;
	}
}

void measure_init(struct stage *s)
{
	for (unsigned i = 0; i < s->type->n_metrics; i++)
		metric_init(s, &s->type->metrics[i]);
}

void measure_reset(struct stage *s)
{
	for (unsigned i = 0; i < s->type->n_metrics; i++)
		metric_reset(s, &s->type->metrics[i]);
	if (s->cpu)
		cpu_busy_reset(s->cpu);
}

/* The order of what follows is that of metric_statistics(). */

static double *read_counter(const struct stage *s, const struct counter *c,
			    double *v)
{
	*v++ = (double)c->n;
	*v++ = (double)c->n / time_sec(s->measure);
	return v;
}

static double *read_level(const struct stage *s, const struct level *l,
			  double *v)
{
	*v++ = level_mean(l, s->sim, s->sim->now - s->measure);
	*v++ = l->max;
	return v;
}

static double *read_span(const struct span *s, double *v)
{
	static const double quantiles[] = {0.5, 0.99, 0.999};

	*v++ = s->sum / (double)s->n / (double)SIM_NS;
	for (unsigned i = 0; i < 3; i++)
		*v++ = span_quantile(s, quantiles[i]) / (double)SIM_NS;
	*v++ = s->n ? (double)s->max / (double)SIM_NS : NAN;
	return v;
}

static double *read_windowed(const struct stage *s, struct windowed *w,
			     double *v)
{
	static const double quantiles[] = {0.01, 0.5, 0.99};

	windowed_close(w, s->sim->now);
	*v++ = (double)(w->total + w->n) / time_sec(s->measure);
	for (unsigned i = 0; i < 3; i++)
		*v++ = windowed_quantile(w, quantiles[i]);
	*v++ = windowed_cv(w);
	return v;
}

static double *metric_read(const struct stage *s, const struct metric *row,
			   double *v)
{
	void *m = metric_of(s, row);

	switch (row->kind) {
	case METRIC_COUNTER:
		return read_counter(s, m, v);
	case METRIC_LEVEL:
		return read_level(s, m, v);
	case METRIC_SPAN:
		return read_span(m, v);
	case METRIC_WINDOWED:
		return read_windowed(s, m, v);
	case METRIC_NUMBER:
		*v++ = *(double *)m;
		return v;
	}
	return v;
}

void measure_read(const struct scenario *sc, struct stage *const *stages,
		  struct outcome *out)
{
	double *v = out->values;

	for (unsigned i = 0; i < sc->n_stages; i++)
		for (unsigned m = 0; m < stages[i]->type->n_metrics; m++)
			v = metric_read(stages[i], &stages[i]->type->metrics[m],
					v);
}
