/* SPDX-License-Identifier: MIT */
/*
 * Does an event cost more where there are many domains? N unikernels of one
 * port each stand in a circle; who has the token blocks again when it has rung
 * its neighbour's bell. One token: all there is to do is one wakeup, on a pCPU
 * that idles. A token for every second one: there is always much to do, and
 * nobody's time passes unseen by the others. The first is told per message, the
 * second per event of the engine.
 */
#include <assert.h>
#include <string.h>

#include "bench/clock.h"
#include "models/hypervisor/xen.h"

#define MESSAGES 300000

struct member {
	struct domain *domain;
	struct task task;
	struct doorbell bell; /* the neighbour's */
	uint64_t *messages;
};

static TASK(pass_on)
{
	struct member *m = owner;
	uint16_t port;

	TASK_BEGIN;
	for (;;) {
		CALL(xen_block, &m->domain->vcpus[0]);
		if (!evtchn_scan(&m->domain->events, 0, &port, 1))
			continue;
		if (++*m->messages == MESSAGES)
			sim_->stopped = true;
		SPEND(SIM_US);
		CALL(m->bell.ring, &m->bell);
	}
	TASK_END;
}

static struct stage *new_xen(struct sim *sim, const char *scheduler)
{
	struct stage *s = sim_alloc(sim, xen_type.size);
	char *params = (char *)s + xen_type.params_at, why[128];
	char *metrics = (char *)s + xen_type.metrics_at;

	*s = (struct stage){.type = &xen_type, .name = "xen", .sim = sim};
	params_default(xen_type.params, xen_type.n_params, params);
	for (unsigned i = 0; i < xen_type.n_params; i++) {
		const struct param *row = &xen_type.params[i];

		if (!strcmp(row->name, "scheduler") &&
		    !param_parse(row, scheduler, params + row->offset, why,
				 sizeof why))
			assert(!"a scheduler");
	}
	for (unsigned i = 0; i < xen_type.n_metrics; i++)
		if (xen_type.metrics[i].kind == METRIC_SPAN)
			span_init((struct span *)(metrics +
						  xen_type.metrics[i].offset),
				  sim);
	xen_type.build(s);
	return s;
}

static void join_circle(struct stage *xen, struct member *m, uint64_t *messages)
{
	m->domain = xen_domain(xen, "member", 1, false);
	m->messages = messages;
	xen_port(m->domain, 0, NULL);
	task_init(&m->task, &m->domain->vcpus[0].cpu, LEVEL_THREAD, pass_on, m,
		  m->domain->id);
	task_start(&m->task);
}

static void measure(const char *scheduler, unsigned n, bool many)
{
	struct sim *sim = sim_new(64 << 20, 1);
	struct stage *xen = new_xen(sim, scheduler);
	struct member *m = sim_alloc(sim, n * sizeof *m);
	uint64_t messages = 0, fired;
	char table[64], row[16];
	double begin;

	for (unsigned i = 0; i < n; i++)
		join_circle(xen, &m[i], &messages);
	for (unsigned i = 0; i < n; i++)
		xen_bind(&m[i].bell, m[(i + 1) % n].domain, 1);
	sim_run(sim, SIM_MS); /* all are asleep */
	for (unsigned i = 0; i < (many ? n : 1); i += 2)
		xen_send(m[i].domain, 1);
	fired = sim->fired;
	begin = cpu_ns();
	sim_run(sim, SIM_NEVER - 1);
	snprintf(table, sizeof table, "domains.%s.%s", many ? "many" : "one",
		 scheduler);
	snprintf(row, sizeof row, "%u", n);
	sample(table, row, begin, many ? sim->fired - fired : MESSAGES);
	sim_free(sim);
}

int main(void)
{
	static const char *const schedulers[] = {"pinned", "credit"};

	for (int s = 0; s < 2; s++)
		for (int many = 0; many < 2; many++) {
			measure(schedulers[s], 2, many);
			measure(schedulers[s], 300, many);
		}
	return 0;
}
