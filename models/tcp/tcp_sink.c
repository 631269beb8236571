/* SPDX-License-Identifier: MIT */
/*
 * tcp_sink: the other end of a connection. Its application reads whatever
 * arrives, and answers where the peer asks for answers.
 *
 * Where reading costs nothing it is done as data arrives, and the window it
 * offers is always open; otherwise by a thread, one MSS at a time.
 */
#include "models/tcp/endpoint.h"
#include "models/tcp/types.h"

#define SINK_PARAMS(P)                                                         \
	P(COST, read_cost, "0ns", "0ns", "1s", "guess",                        \
	  "What the application takes to read one MSS.")

struct tcp_sink_params {
	struct endpoint_params e;
	SINK_PARAMS(PARAM_FIELD)
};

struct tcp_sink_metrics {
	struct endpoint_metrics e;
};

struct tcp_sink {
	struct stage stage;
	struct tcp_sink_params p;
	struct tcp_sink_metrics m;
	struct endpoint e;
	struct task reader;
	struct signal readable;
	struct cost read_cost;
	uint64_t answered; /* bytes it has promised to write */
};

static void answer(struct tcp_sink *t)
{
	struct tcp_conn *c = &t->e.conn;

	if (c->asked == t->answered || c->read < c->asked_at)
		return;
	t->e.to_write += c->asked - t->answered;
	t->answered = c->asked;
}

static TASK(read_all)
{
	struct tcp_sink *t = owner;
	struct tcp_conn *c = &t->e.conn;
	uint64_t n;

	TASK_BEGIN;
	for (;;) {
		t->readable.raised = false;
		AWAIT(&t->readable);
		while (conn_readable(c) > 0) {
			SPEND(cost_draw(sim_, &t->read_cost));
			n = conn_readable(c);
			conn_read(c, n < c->conf.mss ? n : c->conf.mss);
			answer(t);
			endpoint_look(&t->e);
		}
	}
	TASK_END;
}

static void data_arrived(struct stage *s)
{
	struct tcp_sink *t = (struct tcp_sink *)s;
	struct tcp_conn *c = &t->e.conn;

	if (t->p.read_cost.mean > 0) {
		signal_raise(&t->readable);
		return;
	}
	conn_read(c, conn_readable(c));
	answer(t);
}

static void answer_acked(struct stage *s)
{
	(void)s;
}

static void tcp_sink_build(struct stage *s)
{
	struct tcp_sink *t = (struct tcp_sink *)s;

	endpoint_build(&t->e, s, &t->p.e, &t->m.e);
	t->e.arrived = data_arrived;
	t->e.acked = answer_acked;
	stage_cost(s, &t->read_cost, &t->p.read_cost, "read_cost");
	task_init(&t->reader, s->cpu, LEVEL_THREAD, read_all, t,
		  thread_owner(s, "reader"));
}

static void tcp_sink_start(struct stage *s)
{
	struct tcp_sink *t = (struct tcp_sink *)s;

	endpoint_start(&t->e);
	task_start(&t->reader);
}

static void tcp_sink_finish(struct stage *s)
{
	endpoint_finish(&((struct tcp_sink *)s)->e);
}

static uint64_t tcp_sink_packets(const struct stage *s)
{
	return endpoint_inside(&((const struct tcp_sink *)s)->e);
}

static uint64_t tcp_sink_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct tcp_sink *)s)->e.pool);
}

static const struct param tcp_sink_params[] = {
#define SELF struct tcp_params
	TCP_PARAMS(PARAM_ROW)
#undef SELF
#define SELF struct endpoint_params
		ENDPOINT_PARAMS(PARAM_ROW)
#undef SELF
#define SELF struct tcp_sink_params
			SINK_PARAMS(PARAM_ROW)
#undef SELF
};

#define SELF struct endpoint_metrics
static const struct metric tcp_sink_metrics[] = {ENDPOINT_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type tcp_sink_type = {
	.name = "tcp_sink",
	.doc = "The other end of a TCP connection: reads, and answers "
	       "requests.",
	.size = sizeof(struct tcp_sink),
	STAGE_ROWS(tcp_sink),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "TCP",
	.home = HOME_GUEST,
	.build = tcp_sink_build,
	.start = tcp_sink_start,
	.finish = tcp_sink_finish,
	.inside = tcp_sink_packets,
	.made_inside = tcp_sink_made_inside,
};
