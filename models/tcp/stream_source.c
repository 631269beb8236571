/* SPDX-License-Identifier: MIT */
/*
 * stream_source: a program in the guest that sends as fast as its socket lets
 * it, in GSO packets.
 *
 * A packet is charged to the socket (SO_SNDBUF) until the driver frees it;
 * without room for another the program sleeps. How long the driver holds a
 * packet thus limits the throughput, to sndbuf per that time.
 *
 * Left out: the receiver's window and its acknowledgements.
 */
#include "models/tcp/types.h"

#define STREAM_SOURCE_PARAMS(P)                                                \
	P(SIZE, size, "60KiB", "1B", "64KiB", "choice", "Size of a packet.")   \
	P(SIZE, sndbuf, "128KiB", "1B", "1GiB", "choice",                      \
	  "What the socket may have outstanding (SO_SNDBUF).")                 \
	P(COST, write_cost, "18us", "0ns", "10ms", "guess",                    \
	  "What a packet takes of the program and its stack, with the copy.")

struct stream_source_params {
	STREAM_SOURCE_PARAMS(PARAM_FIELD)
};

#define STREAM_SOURCE_METRICS(M)                                               \
	M(WINDOWED, rate, "pps", "Packets sent.")                              \
	M(COUNTER, stalls, "1", "Times the program slept for its socket.")     \
	M(LEVEL, charged, "B", "What the socket has outstanding.")             \
	M(SPAN, held, "ns", "How long the driver had a packet.")

struct stream_source_metrics {
	STREAM_SOURCE_METRICS(METRIC_FIELD)
};

#define MOST_HELD 4096

struct stream_source {
	struct stage stage;
	struct stream_source_params p;
	struct stream_source_metrics m;
	struct port rx;
	struct port *tx;
	struct packet_pool pool;
	struct task task;
	struct cost write_cost;
	uint64_t sent, freed;
	sim_time since[MOST_HELD]; /* by number sent */
};

/* What comes to it ends here. */
static TASK(receive)
{
	struct port *port = owner;
	struct stream_source *k = port->owner;

	(void)me;
	(void)depth;
	packet_delivered(port->offered, k->stage.id);
	port->offered = NULL;
	return DONE;
}

static void uncharge(struct stream_source *k)
{
	struct sim *sim = k->stage.sim;

	for (; k->freed < k->tx->done; k->freed++)
		span_add(&k->m.held, sim->now - k->since[k->freed % MOST_HELD]);
	level_set(&k->m.charged, sim,
		  (double)((int64_t)(k->sent - k->freed) * k->p.size));
}

/* One packet may always be outstanding, whatever the limit. */
static bool has_room(const struct stream_source *k)
{
	uint64_t held = k->sent - k->freed;

	return held == 0 || (held < MOST_HELD &&
			     (int64_t)(held + 1) * k->p.size <= k->p.sndbuf);
}

static TASK(send_all)
{
	struct stream_source *k = owner;

	TASK_BEGIN;
	for (;;) {
		for (uncharge(k); !has_room(k); uncharge(k)) {
			counter_add(&k->m.stalls, 1);
			k->tx->room.raised = false;
			AWAIT(&k->tx->room);
		}
		SPEND(cost_draw(sim_, &k->write_cost));
		k->since[k->sent++ % MOST_HELD] = sim_->now;
		k->tx->offered = packet_new(&k->pool, (uint32_t)k->p.size);
		CALL(k->tx->send, k->tx);
		windowed_add(&k->m.rate, sim_);
	}
	TASK_END;
}

static void stream_source_build(struct stage *s)
{
	struct stream_source *k = (struct stream_source *)s;

	k->pool.sim = s->sim;
	stage_cost(s, &k->write_cost, &k->p.write_cost, "write_cost");
	k->rx = (struct port){.send = receive, .owner = k};
	s->rx = &k->rx;
	task_init(&k->task, s->cpu, LEVEL_THREAD, send_all, k, s->id);
}

static void stream_source_start(struct stage *s)
{
	struct stream_source *k = (struct stream_source *)s;

	k->tx = s->below->open(s->below);
	task_start(&k->task);
}

static uint64_t stream_source_inside(const struct stage *s)
{
	return ((const struct stream_source *)s)->tx->offered != NULL;
}

static uint64_t stream_source_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct stream_source *)s)->pool);
}

#define SELF struct stream_source_params
static const struct param stream_source_params[] = {
	STREAM_SOURCE_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct stream_source_metrics
static const struct metric stream_source_metrics[] = {
	STREAM_SOURCE_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type stream_source_type = {
	.name = "stream_source",
	.doc = "A program in the guest that sends as much as its socket's "
	       "buffer allows.",
	.size = sizeof(struct stream_source),
	STAGE_ROWS(stream_source),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.home = HOME_GUEST,
	.build = stream_source_build,
	.start = stream_source_start,
	.inside = stream_source_inside,
	.made_inside = stream_source_made_inside,
};
