/* SPDX-License-Identifier: MIT */
/*
 * udp_sink: takes datagrams, and counts those that never came as iperf's server
 * does, by the holes in their numbers.
 */
#include "models/tcp/datagram.h"
#include "models/tcp/types.h"

#define UDP_SINK_PARAMS(P)                                                     \
	P(COST, read_cost, "0ns", "0ns", "1s", "guess",                        \
	  "What the application takes, for each datagram.")

struct udp_sink_params {
	UDP_SINK_PARAMS(PARAM_FIELD)
};

#define UDP_SINK_METRICS(M)                                                    \
	M(WINDOWED, rate, "pps", "Datagrams that arrived.")                    \
	M(WINDOWED, goodput, "bps", "Payload that arrived.")                   \
	M(COUNTER, missing, "1", "Holes in the numbers of what arrived.")      \
	M(SPAN, latency, "ns", "From a datagram's sending to its arrival.")    \
	M(SPAN, gap, "ns", "Between two arrivals.")

struct udp_sink_metrics {
	UDP_SINK_METRICS(METRIC_FIELD)
};

struct udp_sink {
	struct stage stage;
	struct udp_sink_params p;
	struct udp_sink_metrics m;
	struct port rx;
	struct cost read_cost;
	uint64_t next; /* number, if nothing is lost */
	sim_time last;
};

static void count(struct udp_sink *u, struct packet *p)
{
	struct sim *sim = u->stage.sim;
	uint64_t number = datagram_of(p)->number;

	windowed_add(&u->m.rate, sim);
	windowed_add_n(&u->m.goodput, sim,
		       8 * (uint64_t)(p->size - DATAGRAM_HEADERS));
	counter_add(&u->m.missing, number - u->next);
	span_add(&u->m.latency, sim->now - p->born);
	if (u->next > 0)
		span_add(&u->m.gap, sim->now - u->last);
	u->next = number + 1;
	u->last = sim->now;
}

static TASK(take)
{
	struct port *port = owner;
	struct udp_sink *u = port->owner;

	TASK_BEGIN;
	if (u->p.read_cost.mean > 0)
		SPEND(cost_draw(sim_, &u->read_cost));
	count(u, port->offered);
	packet_delivered(port->offered, u->stage.id);
	port->offered = NULL;
	TASK_END;
}

static void udp_sink_build(struct stage *s)
{
	struct udp_sink *u = (struct udp_sink *)s;

	stage_cost(s, &u->read_cost, &u->p.read_cost, "read_cost");
	u->rx = (struct port){.send = take, .owner = u};
	s->rx = &u->rx;
}

#define SELF struct udp_sink_params
static const struct param udp_sink_params[] = {UDP_SINK_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct udp_sink_metrics
static const struct metric udp_sink_metrics[] = {UDP_SINK_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type udp_sink_type = {
	.name = "udp_sink",
	.doc = "Takes datagrams, and counts those that are missing.",
	.size = sizeof(struct udp_sink),
	STAGE_ROWS(udp_sink),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "UDP",
	.home = HOME_GUEST,
	.build = udp_sink_build,
};
