/* SPDX-License-Identifier: MIT */
#include "sim/app/world/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "models/hypervisor/kvm.h"
#include "models/hypervisor/qemu.h"
#include "models/hypervisor/vmx.h"
#include "models/hypervisor/xen.h"
#include "sim/app/catalog.h"
#include "sim/app/world/measure.h"
#include "sim/app/world/world_inside.h"
#include "sim/app/world/samples.h"
#include "sim/ns3/stock.h"
#include "sim/app/world/tap.h"

/* Address space, not memory: what a run does not touch is not there. */
#define BLOCK_SIZE ((size_t)1 << 30)

const char *run_status_name(enum run_status status)
{
	static const char *const names[NUM_RUN_STATUSES] = {
		"ok", "crashed", "timeout", "livelock", "out_of_memory"};

	return status < NUM_RUN_STATUSES ? names[status] : "?";
}

static struct stage *make_stage(struct world *w, unsigned i,
				const struct point *pt)
{
	const struct stage_conf *conf = &w->sc->stages[i];
	const struct stage_type *type = conf->type;
	struct stage *s = sim_alloc(w->sim, type->size);

	s->type = type;
	s->name = conf->name;
	s->sim = w->sim;
	s->window = w->run.window;
	s->measure = w->run.measure;
	s->reversed = conf->reversed;
	if (type->params_size)
		scenario_params(w->sc, pt, i, (char *)s + type->params_at);
	return s;
}

/* The ends of a path know each other. */
static void make_stages(struct world *w, const struct point *pt)
{
	for (unsigned i = 1; i < w->sc->n_stages; i++)
		w->stages[i] = make_stage(w, i, pt);
	for (unsigned i = 1; i <= w->sc->n_path; i++) {
		unsigned far = scenario_far(w->sc, i);

		if (far)
			w->stages[i]->far = w->stages[far];
	}
}

static struct stage *add_stage(struct world *w, unsigned i)
{
	struct stage *s = w->stages[i];

	s->id = sim_owner(w->sim, s->name);
	world_house(w, i, s);
	measure_init(s);
	s->type->build(s);
	return s;
}

/* The run itself is a stage that has metrics, and says nothing. */
static void add_run(struct world *w)
{
	struct run *r = sim_alloc(w->sim, sizeof *r);

	r->stage.type = &run_type;
	r->stage.name = run_type.name;
	r->stage.sim = w->sim;
	r->stage.window = w->run.window;
	r->stage.measure = w->run.measure;
	r->p = w->run;
	w->stages[0] = &r->stage;
}

/* Machine parts first, then what runs guests: the others stand on them. */
static void add_stages(struct world *w, const struct point *pt)
{
	const struct scenario *sc = w->sc;
	unsigned path_end = 1 + sc->n_path;

	add_run(w);
	make_stages(w, pt);
	for (unsigned i = path_end; i < sc->n_stages; i++) {
		struct stage *s = add_stage(w, i);

		if (s->type == &kvm_type)
			w->kvm = s;
		else if (s->type == &vmx_type)
			w->vmx = s;
		else if (s->type == &qemu_type)
			w->qemu = s;
		else if (s->type == &xen_type)
			w->xen = s;
	}
	for (unsigned i = 1; i < path_end; i++)
		if (world_is_system(sc->stages[i].type))
			add_stage(w, i);
	for (unsigned i = 1; i < path_end; i++)
		if (!world_is_system(sc->stages[i].type))
			add_stage(w, i);
}

static void start(struct world *w)
{
	for (unsigned i = w->sc->n_stages - 1; i > 0; i--)
		if (w->stages[i]->type->start)
			w->stages[i]->type->start(w->stages[i]);
}

/* The warm-up is over. */
static struct sampler *begin_measuring(struct world *w, struct outcome *out)
{
	oracle_reset(w->sim);
	for (unsigned i = 0; i < w->sc->n_stages; i++)
		measure_reset(w->stages[i]);
	return samples_begin(w->sc, w->stages, out);
}

/* The sampler is NULL if there is none, or no end of the warm-up. */
static enum sim_status simulate(struct world *w, struct sampler **sampler,
				struct outcome *out)
{
	sim_time warm = w->run.warmup;
	enum sim_status status = sim_run(w->sim, warm);

	*sampler = NULL;
	if (status != SIM_OK)
		return status;
	*sampler = begin_measuring(w, out);
	return sim_run(w->sim, time_add(warm, w->run.measure));
}

/* It ended early; what was measured was measured until then. During the warm-up
 * nobody had begun to measure: then it is all there was. */
static void cut_short(struct world *w)
{
	sim_time now = w->sim->now, warm = w->run.warmup;

	for (unsigned i = 0; i < w->sc->n_stages; i++)
		w->stages[i]->measure = now > warm ? now - warm : now;
}

static enum run_status run(struct world *w, struct outcome *out)
{
	static const enum run_status means[] = {[SIM_OK] = RUN_OK,
						[SIM_LIVELOCK] = RUN_LIVELOCK,
						[SIM_OUT_OF_MEMORY] =
							RUN_OUT_OF_MEMORY};
	struct sampler *sampler;
	enum sim_status status = simulate(w, &sampler, out);

	if (status == SIM_OUT_OF_MEMORY)
		cut_short(w);
	oracle_finish(w->sim);
	for (unsigned i = 0; i < w->sc->n_stages; i++)
		if (status != SIM_LIVELOCK && w->stages[i]->type->finish)
			w->stages[i]->type->finish(w->stages[i]);
	samples_end(sampler, out);
	return means[status];
}

/* made = delivered + dropped + inside, counted from both ends. */
static bool conserved(const struct world *w)
{
	uint64_t made_inside = 0, inside = 0;

	for (unsigned i = 1; i <= w->sc->n_path; i++) {
		const struct stage *s = w->stages[i];

		if (s->type->made_inside)
			made_inside += s->type->made_inside(s);
		if (s->type->inside)
			inside += s->type->inside(s);
	}
	return made_inside == inside;
}

static void tell_remark(const struct stage *s, const char *text,
			struct outcome *out)
{
	if (text && !*out->remark)
		snprintf(out->remark, sizeof out->remark, "%s: %s", s->name,
			 text);
}

static void read_remark(const struct world *w, struct outcome *out)
{
	unsigned n = w->sc->n_stages;

	*out->remark = '\0';
	for (unsigned i = 0; i < n; i++)
		tell_remark(w->stages[i], w->stages[i]->remark, out);
	for (unsigned i = 0; i < n; i++)
		tell_remark(w->stages[i], w->stages[i]->advice, out);
}

static int64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

bool world_block(struct sim **block, uint64_t seed)
{
	*block = *block ? sim_reset(*block, seed) : sim_new(BLOCK_SIZE, seed);
	return *block != NULL;
}

void world_set_up(struct world *w, struct sim *sim, const struct point *pt)
{
	const struct scenario *sc = w->sc;

	w->sim = sim;
	w->stages = sim_alloc(sim, sc->n_stages * sizeof(struct stage *));
	w->commons = sim_alloc(sim, sc->n_stages * sizeof *w->commons);
	scenario_params(sc, pt, 0, &w->run);
	sim->step = w->run.step;
	sim->slowdown = w->run.slowdown == 1 ? 0 : w->run.slowdown;
	sim->step_rng = rng_stream(sim, "step");
	if (sc->engine)
		ns3_stock(sim, sc->engine);
	add_stages(w, pt);
	world_connect(w);
	if (w->pcap)
		taps_begin(w, pt);
	start(w);
}

bool world_run(struct sim **block, const struct scenario *sc,
	       const struct point *pt, uint64_t seed, struct outcome *out)
{
	struct world w = {.sc = sc, .pcap = out->pcap};
	int64_t begin = wall_ns();

	if (!world_block(block, seed))
		return false;
	world_set_up(&w, *block, pt);
	out->n_samples = 0;
	out->status = run(&w, out);
	out->pcap_errno = taps_end(&w);
	if (!conserved(&w))
		abort(); /* a packet was lost or counted twice: our mistake */
	measure_read(sc, w.stages, out);
	read_remark(&w, out);
	if (out->stalls)
		stalls_read(w.sim, out->stalls);
	out->events = w.sim->fired;
	out->trace_hash = w.sim->hash;
	out->sim_ns = w.sim->now / SIM_NS;
	sim_end(w.sim);
	out->wall_ns = wall_ns() - begin;
	return true;
}
