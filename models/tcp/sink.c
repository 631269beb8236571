/* SPDX-License-Identifier: MIT */
/*
 * sink: the end of a path. It takes every packet at once; what handing over
 * costs (a copy into VALE, a write to a tap) is the sender's packet_cost.
 */
#include "models/tcp/types.h"

#define SINK_METRICS(M)                                                        \
	M(WINDOWED, rate, "pps", "Packets delivered.")                         \
	M(SPAN, latency, "ns", "From a packet's birth to its delivery.")

struct sink_metrics {
	SINK_METRICS(METRIC_FIELD)
};

struct sink {
	struct stage stage;
	struct sink_metrics m;
	struct port port;
};

static TASK(take)
{
	struct port *port = owner;
	struct sink *k = port->owner;
	struct sim *sim = k->stage.sim;

	(void)me;
	(void)depth;
	span_add(&k->m.latency, sim->now - port->offered->born);
	windowed_add(&k->m.rate, sim);
	packet_delivered(port->offered, k->stage.id);
	port->offered = NULL;
	return DONE;
}

static void sink_build(struct stage *s)
{
	struct sink *k = (struct sink *)s;

	k->port = (struct port){.send = take, .owner = k};
	s->in = &k->port;
}

#define SELF struct sink_metrics
static const struct metric sink_metrics[] = {SINK_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type sink_type = {
	.name = "sink",
	.doc = "The end of a path: takes every packet and measures its "
	       "latency.",
	.size = sizeof(struct sink),
	.metrics = sink_metrics,
	.n_metrics = sizeof sink_metrics / sizeof *sink_metrics,
	.metrics_at = offsetof(struct sink, m),
	.in = PLUG_PORT,
	.out = PLUG_NONE,
	.home = HOME_NONE,
	.build = sink_build,
};
