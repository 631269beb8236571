/* SPDX-License-Identifier: MIT */
/*
 * Ethernet and IP of a Mirage unikernel: what a packet costs on its way between
 * the protocols above and the device below. In a path each thread above that
 * sends has a way of its own through the stack.
 */
#include "models/hypervisor/mirage_inside.h"

#define SMALL 128 /* bytes: no payload, or hardly any */

struct stack_port {
	struct port port; /* the thread's, above */
	struct port *down;
	struct mirage *mirage;
	struct stack_port *next;
};

static sim_time cost_of(const struct packet *p, struct sim *sim,
			struct cost *data, struct cost *small)
{
	return cost_draw(sim, p->size > SMALL ? data : small);
}

static TASK(send_down)
{
	struct stack_port *sp = owner;
	struct mirage *m = sp->mirage;

	TASK_BEGIN;
	SPEND(cost_of(sp->port.offered, sim_, &m->send, &m->small_send));
	sp->down->offered = sp->port.offered;
	sp->down->patience = sp->port.patience;
	sp->port.offered = NULL;
	CALL(sp->down->send, sp->down);
	sp->port.offered = sp->down->offered;
	sp->down->offered = NULL;
	TASK_END;
}

static TASK(pass_up)
{
	struct port *port = owner;
	struct mirage *m = port->owner;
	struct port *above = m->stage.above;

	TASK_BEGIN;
	SPEND(cost_of(port->offered, sim_, &m->receive, &m->small_receive));
	above->offered = port->offered;
	port->offered = NULL;
	CALL(above->send, above);
	TASK_END;
}

static struct port *open_port(struct nic *nic)
{
	struct mirage *m =
		(struct mirage *)((char *)nic - offsetof(struct mirage, nic));
	struct stack_port *sp = sim_alloc(m->stage.sim, sizeof *sp);

	sp->port = (struct port){.send = send_down, .owner = sp};
	sp->down = m->stage.below->open(m->stage.below);
	sp->mirage = m;
	sp->next = m->ports;
	m->ports = sp;
	return &sp->port;
}

void mirage_build_stack(struct mirage *m)
{
	struct stage *s = &m->stage;

	stage_cost(s, &m->send, &m->p.send_cost, "send_cost");
	stage_cost(s, &m->receive, &m->p.receive_cost, "receive_cost");
	stage_cost(s, &m->small_send, &m->p.small_send_cost, "small_send_cost");
	stage_cost(s, &m->small_receive, &m->p.small_receive_cost,
		   "small_receive_cost");
	m->nic.open = open_port;
	m->rx = (struct port){.send = pass_up, .owner = m};
	s->nic = &m->nic;
	s->rx = &m->rx;
}

uint64_t mirage_inside(const struct stage *s)
{
	const struct mirage *m = (const struct mirage *)s;
	uint64_t n = s->above->offered != NULL;

	for (const struct stack_port *sp = m->ports; sp; sp = sp->next)
		n += sp->down->offered != NULL;
	return n;
}
