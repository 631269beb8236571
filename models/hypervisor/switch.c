/* SPDX-License-Identifier: MIT */
/*
 * A software switch in a guest: what comes from one device goes out through the
 * other.
 *
 * In a Mirage unikernel, after Charalampos Rotsos, "raw netif performance
 * enhancement", a mail of 2012 or 2013 (lists.xenproject.org), and the code of
 * that time (mirage-net, Manager and Ethif; mirage-platform, netif.ml).
 *
 * Manager calls a promiscuous handler for each packet that the listener of a
 * device takes from its ring, and ignores what becomes of it: each packet has a
 * thread of its own, which writes to the other device and ends when that is
 * done. The listener goes on at once. So nothing slows down who sends, and
 * nothing is dropped: when packets come faster than the device takes them, more
 * and more threads wait for it, and each keeps the page that its packet lies
 * in, until there is no memory left.
 *
 *	unbounded	a thread per packet
 *	capped(n)	the remedy: a queue of at most n packets in front of one
 *			thread (Lwt_stream). What does not fit is dropped.
 *
 * Thousands of threads that wait for the same thing are a queue. In all eras of
 * the device's code but one they wait for its mutex, which is handed over in
 * the order of arrival: so one task that takes them in that order, and waits as
 * the first of them would, sends the same packets at the same times. In era A
 * (models/ring/netif_send.c) there is no mutex. A thread that finds room sends
 * at once, whoever waits; others stand in line in the ring's library, where
 * each pass of the listener wakes the oldest, who does not look again. So there
 * the handler tries first, and the task is the head of the line.
 *
 * Garbage collection is not modelled. A page is free for others when its packet
 * has been sent; in Mirage it is when a finaliser has run, so memory would run
 * out earlier than here. `heap` is what the guest has for packets under way;
 * what it always needs, and the pages that lie in rings (256 each way), are
 * beside it.
 *
 *	none	Linux with Open vSwitch or a bridge: the softirq that takes a
 *		packet from one device gives it to the other. If that has no
 *		room the packet waits in the queue that it has itself, or is
 *		dropped there (models/ring/netfront_tx.c).
 */
#include "models/hypervisor/switch.h"

#include <math.h>

static const struct choice queues[] = {
	{"unbounded", PARAM_NONE, NULL, NULL, "A thread for each packet."},
	{"capped", PARAM_COUNT, "1", "1000000",
	 "At most so many packets wait for one thread; others are dropped."},
	{"none", PARAM_NONE, NULL, NULL,
	 "Linux: they are the device's at once, which has a queue."},
	{0}};

enum { QUEUE_UNBOUNDED, QUEUE_CAPPED, QUEUE_NONE };

#define SWITCH_PARAMS(P)                                                       \
	P(CHOICE, queue, "unbounded", queues, 0,                               \
	  "Rotsos, \"raw netif performance enhancement\"",                     \
	  "What waits between the two devices.")                               \
	P(SIZE, heap, "128MiB", "1KiB", "1024GiB", "guess",                    \
	  "Memory for packets that wait. Without it the guest dies.")          \
	P(SIZE, page, "4096B", "64B", "1MiB",                                  \
	  "mirage-platform, netif.ml: a page for each received packet",        \
	  "What a packet that waits keeps.")                                   \
	P(SIZE, thread, "512B", "0B", "1MiB", "guess",                         \
	  "What the thread of a packet that waits takes beside: promises, "    \
	  "closures.")                                                         \
	P(COST, handler_cost, "1us", "0ns", "1ms", "guess",                    \
	  "To take a packet from a device and make its thread.")               \
	P(COST, inject_cost, "1us", "0ns", "1ms", "guess",                     \
	  "To write a packet to the other device, beside what that costs.")

struct vswitch_params {
	SWITCH_PARAMS(PARAM_FIELD)
};

#define SWITCH_METRICS(M)                                                      \
	M(WINDOWED, received, "pps", "Packets taken from either device.")      \
	M(WINDOWED, injected, "pps", "Packets written to the other.")          \
	M(COUNTER, drops, "1", "Packets that found the queue full.")           \
	M(LEVEL, waiting, "1", "Packets between the devices.")                 \
	M(LEVEL, memory, "B", "What they keep: pages and threads.")            \
	M(NUMBER, died, "ns",                                                  \
	  "When memory was exhausted, from the run's beginning; not defined "  \
	  "if it was not.")

struct vswitch_metrics {
	SWITCH_METRICS(METRIC_FIELD)
};

struct vswitch;

/* One direction. */
struct way {
	struct vswitch *sw;
	struct port rx;	    /* the handler */
	struct port *first; /* of a thread that has just begun */
	struct port *out;   /* of those that wait */
	struct packet *head, *tail;
	struct task task;
	struct signal work;
	int64_t length; /* of the list */
};

struct vswitch {
	struct stage stage;
	struct vswitch_params p;
	struct vswitch_metrics m;
	struct way there, back;
	struct cost handler, inject;
	unsigned waiting;
};

/* --- memory ------------------------------------------------------------- */

static double memory_of(const struct vswitch *sw, unsigned packets)
{
	return (double)packets * (double)(sw->p.page + sw->p.thread);
}

static void count_waiting(struct vswitch *sw)
{
	struct sim *sim = sw->stage.sim;

	level_set(&sw->m.waiting, sim, sw->waiting);
	level_set(&sw->m.memory, sim, memory_of(sw, sw->waiting));
}

static void die(struct vswitch *sw)
{
	struct sim *sim = sw->stage.sim;

	sw->m.died = (double)sim->now / (double)SIM_NS;
	sw->stage.remark = sim_format(
		sim,
		"out of memory after %.3f s: %u packets wait, each with a page "
		"and a thread",
		time_sec(sim->now), sw->waiting);
	sim_out_of_memory(sim);
}

/* --- in and out --------------------------------------------------------- */

static void line_up(struct way *w, struct packet *p)
{
	struct vswitch *sw = w->sw;

	p->next = NULL;
	if (w->head)
		w->tail->next = p;
	else
		w->head = p;
	w->tail = p;
	w->length++;
	sw->waiting++;
	count_waiting(sw);
	if (memory_of(sw, sw->waiting) > (double)sw->p.heap)
		die(sw);
}

static void take_first(struct way *w)
{
	struct packet *p = w->head;

	w->head = p->next;
	p->next = NULL;
	w->length--;
	w->out->offered = p;
}

static void has_sent(struct way *w)
{
	windowed_add(&w->sw->m.injected, w->sw->stage.sim);
}

/* The threads that wait, in their order. */
static TASK(forward)
{
	struct way *w = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&w->work);
		w->work.raised = false;
		while (w->head) {
			take_first(w);
			CALL(w->out->send, w->out);
			has_sent(w);
			w->sw->waiting--;
			count_waiting(w->sw);
			SPEND(cost_draw(sim_, &w->sw->inject));
		}
	}
	TASK_END;
}

/* A thread runs at once, until it has to wait. */
static TASK(try_at_once)
{
	struct way *w = owner;

	TASK_BEGIN;
	CALL(w->first->send, w->first);
	if (w->first->offered)
		TASK_RETURN;
	has_sent(w);
	SPEND(cost_draw(sim_, &w->sw->inject));
	TASK_END;
}

/* If nobody waits already it is let run before the listener goes on. */
static TASK(wait)
{
	struct way *w = owner;
	struct packet *p = w->first->offered;

	TASK_BEGIN;
	w->first->offered = NULL;
	line_up(w, p);
	if (!w->work.waiter)
		TASK_RETURN;
	signal_raise(&w->work);
	YIELD();
	TASK_END;
}

static bool is_full(const struct vswitch *sw, const struct way *w)
{
	return sw->p.queue.which == QUEUE_NONE ||
	       (sw->p.queue.which == QUEUE_CAPPED &&
		w->length >= sw->p.queue.arg.count);
}

static void drop(struct way *w)
{
	struct vswitch *sw = w->sw;

	counter_add(&sw->m.drops, 1);
	packet_dropped(w->first->offered, sw->stage.id, DROP_NO_ROOM);
	w->first->offered = NULL;
}

static TASK(handle)
{
	struct port *port = owner;
	struct way *w = port->owner;
	struct vswitch *sw = w->sw;

	TASK_BEGIN;
	windowed_add(&sw->m.received, sim_);
	SPEND(cost_draw(sim_, &sw->handler));
	w->first->offered = port->offered;
	port->offered = NULL;
	if (sw->p.queue.which != QUEUE_CAPPED)
		CALL(try_at_once, w);
	if (w->first->offered && is_full(sw, w))
		drop(w);
	if (w->first->offered)
		CALL(wait, w);
	TASK_END;
}

/* --- the stage ---------------------------------------------------------- */

static void build_way(struct vswitch *sw, struct way *w, const char *name)
{
	struct stage *s = &sw->stage;

	w->sw = sw;
	w->rx = (struct port){.send = handle, .owner = w};
	task_init(&w->task, s->cpu, LEVEL_THREAD, forward, w,
		  stage_owner(s, name));
}

static void switch_build(struct stage *s)
{
	struct vswitch *sw = (struct vswitch *)s;

	stage_cost(s, &sw->handler, &sw->p.handler_cost, "handler_cost");
	stage_cost(s, &sw->inject, &sw->p.inject_cost, "inject_cost");
	build_way(sw, &sw->there, "there");
	build_way(sw, &sw->back, "back");
	s->rx = &sw->there.rx;
	s->rx_behind = &sw->back.rx;
	sw->m.died = NAN;
}

/* In a thread per packet those that wait have looked once. */
static void start_way(struct way *w, struct nic *to)
{
	bool unbounded = w->sw->p.queue.which == QUEUE_UNBOUNDED;

	w->first = to->open(to);
	w->first->patience = IMPATIENT;
	w->out = to->open(to);
	w->out->patience = unbounded ? IN_LINE : PATIENT;
	task_start(&w->task);
}

static void switch_start(struct stage *s)
{
	struct vswitch *sw = (struct vswitch *)s;

	start_way(&sw->there, s->below_behind);
	start_way(&sw->back, s->below);
}

static uint64_t way_inside(const struct way *w)
{
	return (uint64_t)w->length + (w->first->offered != NULL) +
	       (w->out->offered != NULL);
}

/* What the devices are about to hand up they count. */
static uint64_t switch_inside(const struct stage *s)
{
	const struct vswitch *sw = (const struct vswitch *)s;

	return way_inside(&sw->there) + way_inside(&sw->back);
}

#define SELF struct vswitch_params
static const struct param vswitch_params[] = {SWITCH_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct vswitch_metrics
static const struct metric vswitch_metrics[] = {SWITCH_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type switch_type = {
	.name = "switch",
	.doc = "A software switch between a guest's two devices.",
	.size = sizeof(struct vswitch),
	STAGE_ROWS(vswitch),
	.in = PLUG_NET,
	.out = PLUG_NET,
	.duplex = true,
	.on_two = true,
	.home = HOME_GUEST,
	.build = switch_build,
	.start = switch_start,
	.inside = switch_inside,
};
