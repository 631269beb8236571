/* SPDX-License-Identifier: MIT */
/*
 * The kernel thread netback/N of a dom0 CPU (xen_netbk_kthread), the list of
 * vifs whose requests are to be looked at, and the queue of packets for guests.
 */
#include "models/ring/netback.h"

static void list_push(struct netback_group *g, struct netback *v)
{
	v->listed = true;
	v->next_listed = NULL;
	if (g->list)
		g->list_end->next_listed = v;
	else
		g->list = v;
	g->list_end = v;
}

void netback_schedule(struct netback *v, const char *by)
{
	struct netback_group *g = v->group;

	if (!v->listed) {
		list_push(g, v);
		waiter_wakes(&v->vif.wants_requests, by);
	}
	if (g->pending < g->pool / 2)
		signal_raise(&g->wake);
}

void netback_give(struct vif *vif, struct packet *p)
{
	struct netback *v = (struct netback *)vif->stage;
	struct netback_group *g = v->group;

	assert(g->rx_put - g->rx_done <= g->rx_mask);
	*netback_rx(g, g->rx_put++) = (struct rx_entry){v, p};
	signal_raise(&g->wake);
}

static TASK(thread)
{
	struct netback_group *g = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&g->wake);
		g->wake.raised = false;
		if (netback_rx_work(g))
			CALL(netback_rx_action, g);
		if (netback_tx_work(g))
			CALL(netback_tx_action, g);
		if (netback_rx_work(g) || netback_tx_work(g))
			g->wake.raised = true;
	}
	TASK_END;
}

static struct netback_group *group_new(struct netback *v)
{
	struct stage *s = &v->stage;
	struct netback_group *g = sim_alloc(s->sim, sizeof *g);

	task_init(&g->task, s->cpu, LEVEL_THREAD, thread, g,
		  stage_owner(s, "thread"));
	g->pool = (unsigned)v->p.pool;
	g->copy_ops = (unsigned)v->p.copy_ops;
	g->batch = sim_alloc(s->sim, g->pool * sizeof *g->batch);
	return g;
}

void netback_join(struct netback *v)
{
	void **commons = v->stage.commons;

	if (!*commons)
		*commons = group_new(v);
	v->group = *commons;
	v->next_vif = v->group->vifs;
	v->group->vifs = v;
}

/* Each packet to a guest has a buffer of its own: more cannot be queued. */
void netback_group_start(struct netback_group *g)
{
	unsigned buffers = 0, room = 1;

	if (g->started)
		return;
	g->started = true;
	for (const struct netback *v = g->vifs; v; v = v->next_vif)
		buffers += v->back.receive->size;
	while (room < buffers)
		room *= 2;
	g->rx = sim_alloc(g->task.sim, room * sizeof *g->rx);
	g->rx_mask = room - 1;
	task_start(&g->task);
}

uint64_t netback_group_inside(const struct netback *v)
{
	const struct netback_group *g = v->group;
	uint64_t n = 0;

	for (unsigned i = 0; i < g->n; i++)
		n += g->batch[i].vif == v && g->batch[i].packet;
	for (unsigned i = g->rx_done; i != g->rx_put; i++) {
		const struct rx_entry *e = &g->rx[i & g->rx_mask];

		n += e->vif == v && e->packet;
	}
	return n;
}
