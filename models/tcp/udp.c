/* SPDX-License-Identifier: MIT */
/*
 * udp: an application in a guest that sends datagrams of one size, at a rate or
 * as fast as the device takes them (iperf -u, netperf's UDP_STREAM).
 *
 * It sends in its own thread and may sleep in the device. Who is late goes on
 * without a pause until the schedule is kept again, as iperf does. In a
 * unikernel it sleeps by its main loop's clock, and is as late as that is.
 */
#include <gsl/gsl_randist.h>

#include "models/tcp/datagram.h"
#include "models/tcp/image.h"
#include "models/tcp/types.h"

static const struct choice loads[] = {
	{"even", PARAM_NONE, NULL, NULL, "At even intervals."},
	{"poisson", PARAM_NONE, NULL, NULL,
	 "At exponentially distributed intervals."},
	{"saturate", PARAM_NONE, NULL, NULL,
	 "As fast as the device takes them."},
	{0}};

enum { LOAD_EVEN, LOAD_POISSON, LOAD_SATURATE };

#define UDP_PARAMS(P)                                                          \
	P(SIZE, size, "1470B", "1B", "65507B", "iperf: 1470",                  \
	  "Payload of a datagram.")                                            \
	P(CHOICE, load, "even", loads, 0, "choice", "When datagrams are due.") \
	P(BITRATE, offered, "1Gbps", "1bps", "1000Gbps", "choice",             \
	  "Payload due, unless it saturates.")                                 \
	P(COST, write_cost, "0ns", "0ns", "1s", "guess",                       \
	  "What the application and its write take, for each datagram.")

struct udp_params {
	UDP_PARAMS(PARAM_FIELD)
};

#define UDP_METRICS(M)                                                         \
	M(WINDOWED, rate, "pps", "Datagrams the device accepted.")             \
	M(SPAN, lateness, "ns",                                                \
	  "From when a datagram was due to its sending, unless it saturates.")

struct udp_metrics {
	UDP_METRICS(METRIC_FIELD)
};

struct udp {
	struct stage stage;
	struct udp_params p;
	struct udp_metrics m;
	struct task task;
	struct packet_pool pool;
	struct port *port;
	struct port rx; /* nobody answers; what comes is taken */
	struct cost write_cost;
	struct timer timer; /* of a guest whose clock alone wakes it */
	struct work timer_work;
	struct signal awake;
	sim_time due;
	double interval; /* mean, in ps */
	gsl_rng *rng;
	uint64_t sent;
};

static sim_time next_interval(struct udp *u)
{
	double d = u->interval;

	if (u->p.load.which == LOAD_POISSON)
		d = gsl_ran_exponential(u->rng, d);
	return (sim_time)(d + 0.5);
}

static void offer(struct udp *u)
{
	uint32_t size = (uint32_t)u->p.size + DATAGRAM_HEADERS;
	struct packet *p = packet_new(&u->pool, size);

	datagram_of(p)->number = u->sent++;
	u->port->offered = p;
	note(u->stage.sim, u->stage.id, NOTE_SEND, u->sent);
}

static TASK(timer_came)
{
	struct udp *u = owner;

	(void)me;
	(void)depth;
	signal_raise(&u->awake);
	return DONE;
}

static TASK(sleep_until_due)
{
	struct udp *u = owner;
	struct timer_source *clock = u->stage.timers;

	TASK_BEGIN;
	u->awake.raised = false;
	if (clock && clock->sole) {
		clock->arm(clock, &u->timer, u->due - sim_->now);
		AWAIT(&u->awake);
	} else {
		AWAIT_UNTIL(&u->awake, u->due);
	}
	TASK_END;
}

static TASK(wait_until_due)
{
	struct udp *u = owner;

	TASK_BEGIN;
	if (u->p.load.which == LOAD_SATURATE) {
		/* On a path that costs nothing the engine has to see that the
		 * clock stands still. */
		if (u->due == sim_->now)
			SPEND(0);
		u->due = sim_->now;
		TASK_RETURN;
	}
	u->due = time_add(u->due, next_interval(u));
	if (u->due > sim_->now)
		CALL(sleep_until_due, u);
	TASK_END;
}

static TASK(generate)
{
	struct udp *u = owner;

	TASK_BEGIN;
	for (;;) {
		CALL(wait_until_due, u);
		if (u->p.write_cost.mean > 0)
			SPEND(cost_draw(sim_, &u->write_cost));
		span_add(&u->m.lateness, sim_->now - u->due);
		offer(u);
		CALL(u->port->send, u->port);
		windowed_add(&u->m.rate, sim_);
	}
	TASK_END;
}

static TASK(take)
{
	struct port *port = owner;
	struct udp *u = port->owner;

	(void)me;
	(void)depth;
	packet_delivered(port->offered, u->stage.id);
	port->offered = NULL;
	return DONE;
}

static unsigned headers(const struct packet *p, unsigned char *to)
{
	const struct udp *u = (const struct udp *)((const char *)p->pool -
						   offsetof(struct udp, pool));

	return datagram_headers(p, image_way_of(&u->stage), to);
}

static const struct image udp_image = {.headers = headers};

static void udp_build(struct stage *s)
{
	struct udp *u = (struct udp *)s;

	u->pool.sim = s->sim;
	u->pool.image = &udp_image;
	s->pools = &u->pool;
	u->rng = stage_rng(s, "load");
	u->interval = 8 * (double)u->p.size * (double)SIM_SEC / u->p.offered;
	stage_cost(s, &u->write_cost, &u->p.write_cost, "write_cost");
	u->timer_work = (struct work){.run = timer_came, .owner = u};
	u->timer = (struct timer){.work = &u->timer_work, .name = s->name};
	u->rx = (struct port){.send = take, .owner = u};
	s->rx = &u->rx;
	task_init(&u->task, s->cpu, LEVEL_THREAD, generate, u, s->id);
}

static void udp_start(struct stage *s)
{
	struct udp *u = (struct udp *)s;

	u->port = s->below->open(s->below);
	task_start(&u->task);
}

static uint64_t udp_inside(const struct stage *s)
{
	return ((const struct udp *)s)->port->offered != NULL;
}

static uint64_t udp_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct udp *)s)->pool);
}

#define SELF struct udp_params
static const struct param udp_params[] = {UDP_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct udp_metrics
static const struct metric udp_metrics[] = {UDP_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type udp_type = {
	.name = "udp",
	.doc = "An application in a guest that sends datagrams of one size.",
	.size = sizeof(struct udp),
	STAGE_ROWS(udp),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "UDP",
	.home = HOME_GUEST,
	.build = udp_build,
	.start = udp_start,
	.inside = udp_inside,
	.made_inside = udp_made_inside,
};
