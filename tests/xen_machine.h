/* SPDX-License-Identifier: MIT */
/*
 * A machine with Xen for a test, without a scenario: settings as text, domains
 * of the test's own, and a diary of who did what at which microsecond.
 */
#ifndef TESTS_XEN_MACHINE_H
#define TESTS_XEN_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/hypervisor/xen_inside.h"

struct machine {
	struct sim *sim;
	struct xen *xen;
	struct stage *stage;
	char diary[1024];
	size_t written;
	bool mute; /* nothing is written down */
};

/* `sets`: texts `row=value` with spaces between them. */
static inline void machine_set(struct stage *s, const char *sets)
{
	char text[512], why[256], *rest = text, *word;
	const struct stage_type *t = s->type;

	assert_true(strlen(sets) < sizeof text);
	strcpy(text, sets);
	while ((word = strsep(&rest, " "))) {
		char *value = word;
		unsigned i = 0;

		strsep(&value, "=");
		while (i < t->n_params && strcmp(t->params[i].name, word))
			i++;
		assert_true(i < t->n_params);
		if (!param_parse(&t->params[i], value,
				 (char *)s + t->params_at + t->params[i].offset,
				 why, sizeof why))
			fail_msg("%s: %s", word, why);
	}
}

/* Costs nothing that `sets` does not have cost something. */
static inline struct machine *machine_new(const char *sets, uint64_t seed)
{
	struct sim *sim = sim_new(256 << 20, seed);
	struct machine *m = sim_alloc(sim, sizeof *m);
	struct stage *s = sim_alloc(sim, xen_type.size);

	m->sim = sim;
	m->xen = (struct xen *)s;
	m->stage = s;
	*s = (struct stage){.type = &xen_type, .name = "xen", .sim = sim};
	s->measure = SIM_SEC;
	params_default(xen_type.params, xen_type.n_params,
		       (char *)s + xen_type.params_at);
	machine_set(s, "evtchn_send=0ns upcall=0ns hypercall=0ns wake=0ns "
		       "context_switch=0ns");
	machine_set(s, sets);
	span_init(&m->xen->m.woken, sim);
	span_init(&m->xen->m.preempted, sim);
	xen_type.build(s);
	return m;
}

static inline void machine_free(struct machine *m)
{
	sim_free(m->sim);
}

/* `what@microseconds`, and nanoseconds behind a dot where there are any. */
static inline void write_down(struct machine *m, const char *who,
			      const char *what)
{
	sim_time ns = m->sim->now / SIM_NS;
	char *to = m->diary + m->written;
	size_t room = sizeof m->diary - m->written;
	int n;

	if (m->mute)
		return;
	n = ns % 1000 ? snprintf(to, room, "%s%s@%d.%03d ", who, what,
				 (int)(ns / 1000), (int)(ns % 1000))
		      : snprintf(to, room, "%s%s@%d ", who, what,
				 (int)(ns / 1000));

	m->written += (size_t)n;
	assert_true(m->written < sizeof m->diary);
}

/* Runs that long and compares; a NULL diary is not compared. */
static inline void machine_must_read(struct machine *m, sim_time until,
				     const char *diary)
{
	assert_int_equal(sim_run(m->sim, until), SIM_OK);
	if (diary)
		assert_string_equal(m->diary, diary);
}

/* A task that works `cost` at `at`, and again every `every`; 0: only once. It
 * writes down when it begins and when it ends. */
struct worker {
	struct machine *m;
	const char *name;
	sim_time at, cost, every;
	struct task task;
	struct signal never;
	unsigned done;
};

static inline TASK(worker_works)
{
	struct worker *w = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT_UNTIL(&w->never, w->at > sim_->now ? w->at : sim_->now);
		if (w->name)
			write_down(w->m, w->name, "+");
		SPEND(w->cost);
		if (w->name)
			write_down(w->m, w->name, "-");
		w->done++;
		if (!w->every)
			break;
		w->at = sim_->now + w->every;
	}
	TASK_END;
}

static inline void worker_begin(struct machine *m, struct worker *w,
				struct vcpu *v)
{
	w->m = m;
	task_init(&w->task, &v->cpu, LEVEL_THREAD, worker_works, w, v->id);
	task_start(&w->task);
}

#endif
