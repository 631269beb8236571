/* SPDX-License-Identifier: MIT */
#include "sim/app/world/samples.h"

#include <string.h>

struct probe {
	void *metric;
	enum metric_kind kind;
	double before; /* what a level or a counter had added up to */
	double *to;    /* in outcome.samples */
};

struct sampler {
	struct event window_ends; /* first: its fire() finds the rest */
	struct sim *sim;
	sim_time window, next;
	unsigned room, closed;
	struct probe *probes;
	unsigned n;
};

/* `stage.metric`, as the loader has checked. */
static void find(struct probe *p, const struct scenario *sc,
		 struct stage *const *stages, const char *name)
{
	for (unsigned i = 0; i < sc->n_stages; i++) {
		const struct stage_type *type = stages[i]->type;
		size_t n = strlen(stages[i]->name);

		if (strncmp(stages[i]->name, name, n) || name[n] != '.')
			continue;
		for (unsigned m = 0; m < type->n_metrics; m++) {
			const struct metric *row = &type->metrics[m];

			if (strcmp(row->name, name + n + 1))
				continue;
			p->kind = row->kind;
			p->metric = (char *)stages[i] + type->metrics_at +
				    row->offset;
			return;
		}
	}
}

/* What it has added up to since the warm-up: n, or value * ps. */
static double total(const struct sampler *s, const struct probe *p)
{
	const struct counter *counter = p->metric;
	const struct level *level = p->metric;

	if (p->kind == METRIC_COUNTER)
		return (double)counter->n;
	return level->integral +
	       level->now * (double)(s->sim->now - level->since);
}

static void look(const struct sampler *s, struct probe *p)
{
	double now = total(s, p), more = now - p->before;

	p->before = now;
	p->to[s->closed] =
		p->kind == METRIC_LEVEL ? more / (double)s->window : more;
}

static void close_window(struct sampler *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->probes[i].kind != METRIC_WINDOWED)
			look(s, &s->probes[i]);
	s->closed++;
	s->next = time_add(s->next, s->window);
}

static void window_ends(struct sim *sim, struct event *ev)
{
	struct sampler *s = (struct sampler *)ev;

	if (s->closed < s->room) {
		close_window(s);
		event_at(sim, ev, s->next);
	}
}

static bool needs_looks(const struct sampler *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->probes[i].kind != METRIC_WINDOWED)
			return true;
	return false;
}

struct sampler *samples_begin(const struct scenario *sc,
			      struct stage *const *stages, struct outcome *out)
{
	struct sim *sim = stages[0]->sim;
	struct sampler *s;

	out->n_samples = 0;
	if (sc->n_samples == 0)
		return NULL;
	s = sim_alloc(sim, sizeof *s);
	s->sim = sim;
	s->window = stages[0]->window;
	s->next = time_add(sim->now, s->window);
	s->room = out->sample_room;
	s->n = sc->n_samples;
	s->probes = sim_alloc(sim, s->n * sizeof *s->probes);
	for (unsigned i = 0; i < s->n; i++) {
		find(&s->probes[i], sc, stages, sc->samples[i]);
		s->probes[i].to = out->samples + (size_t)i * s->room;
	}
	if (needs_looks(s)) {
		event_init(sim, &s->window_ends, window_ends);
		event_at(sim, &s->window_ends, s->next);
	}
	return s;
}

static unsigned read_windowed(const struct sampler *s, const struct probe *p)
{
	struct windowed *w = p->metric;
	unsigned n;

	windowed_close(w, s->sim->now);
	n = w->closed < s->room ? w->closed : s->room;
	for (unsigned k = 0; k < n; k++)
		p->to[k] = w->counts[k] / time_sec(w->window);
	return n;
}

/* The last window ends with the run, before the sampler's event has come. */
void samples_end(struct sampler *s, struct outcome *out)
{
	if (!s)
		return;
	if (s->sim->now >= s->next && s->closed < s->room && needs_looks(s))
		close_window(s);
	out->n_samples = s->closed;
	for (unsigned i = 0; i < s->n; i++)
		if (s->probes[i].kind == METRIC_WINDOWED)
			out->n_samples = read_windowed(s, &s->probes[i]);
}
