/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/linux_stack.h"

#define SMALL 128  /* bytes: no payload, or hardly any */
#define PAGE  4096 /* bytes */

const struct choice linux_reads[] = {
	[READ_IN_SOFTIRQ] = {"softirq", PARAM_NONE, NULL, NULL,
			     "In the softirq, as TCP does its work."},
	[READ_IN_THREAD] = {"thread", PARAM_NONE, NULL, NULL,
			    "In the program's thread, which reads a socket."},
	{0}};

/* A thread's way down. */
struct linux_port {
	struct port port;  /* the thread's, above */
	struct port *down; /* its own into the device; the link's, of all */
	struct linux_stack *l;
	struct linux_port *next;
};

static sim_time copy_of(const struct packet *p, struct sim *sim, struct cost *c)
{
	if (c->mean == 0 || p->size <= SMALL)
		return 0;
	return (sim_time)((double)cost_draw(sim, c) * p->size / 1024);
}

/* --- down --------------------------------------------------------------- */

static sim_time way_down(struct linux_stack *l, const struct packet *p)
{
	struct sim *sim = l->stage->sim;

	return cost_draw(sim, p->size > SMALL ? &l->send : &l->small_send) +
	       copy_of(p, sim, &l->copy_out);
}

/* What the device does not take, for want of patience, is its owner's again. */
static TASK(send_down)
{
	struct linux_port *sp = owner;

	TASK_BEGIN;
	SPEND(way_down(sp->l, sp->port.offered));
	counter_add(sp->l->conf.out, 1);
	sp->down->offered = sp->port.offered;
	sp->down->patience = sp->port.patience;
	sp->port.offered = NULL;
	CALL(sp->down->send, sp->down);
	if (unlikely(sp->port.patience == IMPATIENT)) {
		sp->port.offered = sp->down->offered;
		sp->down->offered = NULL;
	}
	TASK_END;
}

/* Whoever takes packets from a link takes them before he pauses, so one port
 * does for all threads. */
static struct port *open_port(struct nic *nic)
{
	struct linux_stack *l =
		(struct linux_stack *)((char *)nic -
				       offsetof(struct linux_stack, nic));
	struct stage *s = l->stage;
	struct linux_port *sp = sim_alloc(s->sim, sizeof *sp);

	sp->port = (struct port){.send = send_down, .owner = sp};
	sp->down = s->below ? s->below->open(s->below) : s->peer;
	sp->l = l;
	sp->next = l->ports;
	l->ports = sp;
	return &sp->port;
}

/* --- up ----------------------------------------------------------------- */

static sim_time way_up(struct linux_stack *l, const struct packet *p)
{
	struct sim *sim = l->stage->sim;

	return cost_draw(sim,
			 p->size > SMALL ? &l->receive : &l->small_receive);
}

static int64_t pages_of(const struct packet *p)
{
	return ((int64_t)p->size + PAGE - 1) / PAGE * PAGE;
}

/* sock_queue_rcv_skb(): what is in the buffer already must be less. */
static bool put_into_socket(struct linux_stack *l, struct packet *p)
{
	if (l->filled >= l->conf.rcvbuf) {
		counter_add(l->conf.drops, 1);
		packet_dropped(p, l->stage->id, DROP_NO_ROOM);
		return false;
	}
	l->filled += pages_of(p);
	p->next = NULL;
	if (l->head)
		l->tail->next = p;
	else
		l->head = p;
	l->tail = p;
	return true;
}

static struct packet *take_from_socket(struct linux_stack *l)
{
	struct packet *p = l->head;

	if (p) {
		l->head = p->next;
		l->filled -= pages_of(p);
	}
	return p;
}

static TASK(into_socket)
{
	struct port *port = owner;
	struct linux_stack *l = port->owner;
	struct packet *p;

	TASK_BEGIN;
	p = port->offered;
	port->offered = NULL;
	if (put_into_socket(l, p) && l->readable.waiter) {
		counter_add(l->conf.wakes, 1);
		SPEND(cost_draw(sim_, &l->wake));
	}
	signal_raise(&l->readable);
	TASK_END;
}

static TASK(pass_up)
{
	struct port *port = owner;
	struct linux_stack *l = port->owner;
	struct port *above = l->stage->above;

	TASK_BEGIN;
	SPEND(way_up(l, port->offered));
	counter_add(l->conf.in, 1);
	if (l->conf.thread) {
		CALL(into_socket, port);
		TASK_RETURN;
	}
	if (l->conf.copy_in->mean > 0)
		SPEND(copy_of(port->offered, sim_, &l->copy_in));
	above->offered = port->offered;
	port->offered = NULL;
	CALL(above->send, above);
	TASK_END;
}

static sim_time reading(struct linux_stack *l)
{
	struct sim *sim = l->stage->sim;

	return cost_draw(sim, &l->read) + copy_of(l->reading, sim, &l->copy_in);
}

static TASK(read_socket)
{
	struct linux_stack *l = owner;
	struct port *above = l->stage->above;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&l->readable);
		l->readable.raised = false;
		while ((l->reading = take_from_socket(l))) {
			SPEND(reading(l));
			above->offered = l->reading;
			l->reading = NULL;
			CALL(above->send, above);
		}
	}
	TASK_END;
}

/* --- life --------------------------------------------------------------- */

void linux_stack_build(struct linux_stack *l, struct stage *s,
		       const struct stack_conf *conf)
{
	l->stage = s;
	l->conf = *conf;
	stage_cost(s, &l->send, conf->send, "send_cost");
	stage_cost(s, &l->receive, conf->receive, "receive_cost");
	stage_cost(s, &l->small_send, conf->small_send, "small_send_cost");
	stage_cost(s, &l->small_receive, conf->small_receive,
		   "small_receive_cost");
	stage_cost(s, &l->copy_out, conf->copy_out, "copy_out");
	stage_cost(s, &l->copy_in, conf->copy_in, "copy_in");
	stage_cost(s, &l->read, conf->read, "read_cost");
	stage_cost(s, &l->wake, conf->wake, "wake_cost");
	task_init(&l->reader, s->cpu, LEVEL_THREAD, read_socket, l,
		  stage_owner(s, "reader"));
	l->nic.open = open_port;
	l->rx = (struct port){.send = pass_up, .owner = l};
	s->nic = &l->nic;
	s->rx = &l->rx;
}

void linux_stack_start(struct linux_stack *l)
{
	if (l->conf.thread)
		task_start(&l->reader);
}

uint64_t linux_stack_inside(const struct linux_stack *l)
{
	const struct stage *s = l->stage;
	uint64_t n = s->above->offered != NULL;

	for (const struct packet *p = l->head; p; p = p->next)
		n++;
	for (const struct linux_port *sp = l->ports; sp; sp = sp->next)
		n += s->below && sp->down->offered;
	return n + (l->reading != NULL) + (s->peer && s->peer->offered);
}
