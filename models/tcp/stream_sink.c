/* SPDX-License-Identifier: MIT */
/*
 * stream_sink: a program in the guest that reads streams, and the guest's stack
 * below it, which acknowledges every second frame (RFC 1122, 4.2.3.2) from the
 * softirq that received it.
 */
#include "models/tcp/types.h"

#define STREAM_SINK_PARAMS(P)                                                  \
	P(COUNT, ack_every, "2", "1", "1000", "RFC 1122, 4.2.3.2",             \
	  "Frames per acknowledgement.")                                       \
	P(SIZE, ack_size, "66B", "1B", "1514B", "RFC 793, RFC 1323",           \
	  "Size of an acknowledgement.")                                       \
	P(COUNT, backlog, "1000", "1", "1000000", "guess",                     \
	  "Frames that may wait for the program; more are dropped.")           \
	P(COST, stack_cost, "0.9us", "0ns", "1ms", "guess",                    \
	  "What a frame takes of the stack, in the softirq.")                  \
	P(COST, ack_cost, "0.5us", "0ns", "1ms", "guess",                      \
	  "What an acknowledgement takes of the stack.")                       \
	P(COST, read_cost, "0.5us", "0ns", "1ms", "guess",                     \
	  "What a frame takes of the program that reads it, with the copy.")

struct stream_sink_params {
	STREAM_SINK_PARAMS(PARAM_FIELD)
};

#define STREAM_SINK_METRICS(M)                                                 \
	M(WINDOWED, rate, "pps", "Frames read.")                               \
	M(WINDOWED, goodput, "bps", "Bytes read.")                             \
	M(COUNTER, acks, "1", "Acknowledgements sent.")                        \
	M(COUNTER, drops, "1", "Frames dropped, as the program was late.")     \
	M(SPAN, latency, "ns", "From a frame's coming in to its being read.")

struct stream_sink_metrics {
	STREAM_SINK_METRICS(METRIC_FIELD)
};

struct stream_sink {
	struct stage stage;
	struct stream_sink_params p;
	struct stream_sink_metrics m;
	struct port rx;
	struct port *tx;
	struct packet_pool pool;
	struct task task;
	struct signal readable;
	struct packet *head, *tail;
	int64_t waiting;
	uint64_t frames;
	struct cost stack_cost, ack_cost, read_cost;
	uint16_t device;
};

static void line_up(struct stream_sink *k, struct packet *p)
{
	if (k->waiting >= k->p.backlog) {
		counter_add(&k->m.drops, 1);
		packet_dropped(p, k->stage.id, DROP_NO_ROOM);
		return;
	}
	if (k->head)
		k->tail->next = p;
	else
		k->head = p;
	k->tail = p;
	k->waiting++;
	signal_raise(&k->readable);
}

static TASK(acknowledge)
{
	struct stream_sink *k = owner;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &k->ack_cost));
	counter_add(&k->m.acks, 1);
	k->tx->offered = packet_new(&k->pool, (uint32_t)k->p.ack_size);
	k->tx->offered->device = k->device;
	CALL(k->tx->send, k->tx);
	TASK_END;
}

static TASK(receive)
{
	struct port *port = owner;
	struct stream_sink *k = port->owner;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &k->stack_cost));
	k->device = port->offered->device;
	line_up(k, port->offered);
	port->offered = NULL;
	if (++k->frames % (uint64_t)k->p.ack_every == 0)
		CALL(acknowledge, k);
	TASK_END;
}

static void read_one(struct stream_sink *k)
{
	struct packet *p = k->head;
	struct sim *sim = k->stage.sim;

	k->head = p->next;
	p->next = NULL;
	k->waiting--;
	windowed_add(&k->m.rate, sim);
	windowed_add_n(&k->m.goodput, sim, 8 * (uint64_t)p->size);
	span_add(&k->m.latency, sim->now - p->born);
	packet_delivered(p, k->stage.id);
}

static TASK(read_all)
{
	struct stream_sink *k = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&k->readable);
		k->readable.raised = false;
		while (k->head) {
			SPEND(cost_draw(sim_, &k->read_cost));
			read_one(k);
		}
	}
	TASK_END;
}

static void stream_sink_build(struct stage *s)
{
	struct stream_sink *k = (struct stream_sink *)s;

	k->pool.sim = s->sim;
	stage_cost(s, &k->stack_cost, &k->p.stack_cost, "stack_cost");
	stage_cost(s, &k->ack_cost, &k->p.ack_cost, "ack_cost");
	stage_cost(s, &k->read_cost, &k->p.read_cost, "read_cost");
	k->rx = (struct port){.send = receive, .owner = k};
	s->rx = &k->rx;
	task_init(&k->task, s->cpu, LEVEL_THREAD, read_all, k, s->id);
}

static void stream_sink_start(struct stage *s)
{
	struct stream_sink *k = (struct stream_sink *)s;

	k->tx = s->below->open(s->below);
	task_start(&k->task);
}

static uint64_t stream_sink_inside(const struct stage *s)
{
	const struct stream_sink *k = (const struct stream_sink *)s;

	return (uint64_t)k->waiting + (k->tx->offered != NULL);
}

static uint64_t stream_sink_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct stream_sink *)s)->pool);
}

#define SELF struct stream_sink_params
static const struct param stream_sink_params[] = {
	STREAM_SINK_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct stream_sink_metrics
static const struct metric stream_sink_metrics[] = {
	STREAM_SINK_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type stream_sink_type = {
	.name = "stream_sink",
	.doc = "A program in the guest that reads streams, with the stack that "
	       "acknowledges them.",
	.size = sizeof(struct stream_sink),
	STAGE_ROWS(stream_sink),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.home = HOME_GUEST,
	.build = stream_sink_build,
	.start = stream_sink_start,
	.inside = stream_sink_inside,
	.made_inside = stream_sink_made_inside,
};
