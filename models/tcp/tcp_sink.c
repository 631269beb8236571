/* SPDX-License-Identifier: MIT */
/*
 * tcp_sink: the other end of a connection, or of as many as the client has. Its
 * application reads whatever arrives, and answers where the peer asks for
 * answers; there is one for each connection.
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

#define SINK_METRICS(M)                                                        \
	M(NUMBER, fairness, "1",                                               \
	  "Of what has arrived since the run began, on its n connections: "    \
	  "the square of the sum over n times the sum of the squares "         \
	  "(Jain); 1: each has got the same, 1/n: one has got all.")

struct tcp_sink_metrics {
	struct endpoint_metrics e;
	SINK_METRICS(METRIC_FIELD)
};

/* Of one connection. */
struct tcp_reader {
	struct endpoint *e;
	struct task task;
	struct signal readable;
	uint64_t answered; /* bytes it has promised to write */
};

struct tcp_sink {
	struct stage stage;
	struct tcp_sink_params p;
	struct tcp_sink_metrics m;
	struct endpoints e;
	struct cost read_cost;
	struct tcp_reader *readers; /* of each connection */
};

static struct tcp_sink *sink_of(const struct endpoint *e)
{
	return (struct tcp_sink *)e->stage;
}

static void answer(struct tcp_reader *r)
{
	struct tcp_conn *c = &r->e->conn;

	if (c->asked == r->answered || c->read < c->asked_at)
		return;
	r->e->to_write += c->asked - r->answered;
	r->answered = c->asked;
}

static TASK(read_all)
{
	struct tcp_reader *r = owner;
	struct tcp_conn *c = &r->e->conn;
	uint64_t n;

	TASK_BEGIN;
	for (;;) {
		r->readable.raised = false;
		AWAIT(&r->readable);
		while (conn_readable(c) > 0) {
			SPEND(cost_draw(sim_, &sink_of(r->e)->read_cost));
			n = conn_readable(c);
			conn_read(c, n < c->conf.mss ? n : c->conf.mss);
			answer(r);
			endpoint_look(r->e);
		}
	}
	TASK_END;
}

static void data_arrived(struct endpoint *e)
{
	struct tcp_sink *t = sink_of(e);
	struct tcp_conn *c = &e->conn;

	if (t->p.read_cost.mean > 0) {
		signal_raise(&t->readers[e->number].readable);
		return;
	}
	conn_read(c, conn_readable(c));
	answer(&t->readers[e->number]);
}

static void answer_acked(struct endpoint *e)
{
	(void)e;
}

static void build_reader(struct tcp_reader *r, struct endpoint *e)
{
	r->e = e;
	task_init(&r->task, e->stage->cpu, LEVEL_THREAD, read_all, r,
		  endpoint_owner(e, "reader"));
}

static void tcp_sink_build(struct stage *s)
{
	struct tcp_sink *t = (struct tcp_sink *)s;

	t->e.keeps_arrived = t->p.read_cost.mean > 0;
	endpoints_build(&t->e, s, &t->p.e, &t->m.e);
	t->e.arrived = data_arrived;
	t->e.acked = answer_acked;
	stage_cost(s, &t->read_cost, &t->p.read_cost, "read_cost");
	t->readers = sim_alloc(s->sim, t->e.n * sizeof *t->readers);
	for (unsigned i = 0; i < t->e.n; i++)
		build_reader(&t->readers[i], &t->e.all[i]);
}

static void tcp_sink_start(struct stage *s)
{
	struct tcp_sink *t = (struct tcp_sink *)s;

	endpoints_start(&t->e);
	for (unsigned i = 0; i < t->e.n; i++)
		task_start(&t->readers[i].task);
}

static double fairness(const struct endpoints *es)
{
	double sum = 0, squares = 0;

	for (unsigned i = 0; i < es->n; i++) {
		double got = (double)es->all[i].conn.rcv_nxt;

		sum += got;
		squares += got * got;
	}
	return sum * sum / (es->n * squares);
}

static void tcp_sink_finish(struct stage *s)
{
	struct tcp_sink *t = (struct tcp_sink *)s;

	endpoints_finish(&t->e);
	t->m.fairness = fairness(&t->e);
}

static uint64_t tcp_sink_packets(const struct stage *s)
{
	return endpoints_inside(&((const struct tcp_sink *)s)->e);
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

static const struct metric tcp_sink_metrics[] = {
#define SELF struct endpoint_metrics
	ENDPOINT_METRICS(METRIC_ROW)
#undef SELF
#define SELF struct tcp_sink_metrics
		SINK_METRICS(METRIC_ROW)
#undef SELF
};

const struct stage_type tcp_sink_type = {
	.name = "tcp_sink",
	.doc = "The other end of a TCP connection, or of several: reads, and "
	       "answers requests.",
	.size = sizeof(struct tcp_sink),
	STAGE_ROWS(tcp_sink),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "TCP",
	.refuses = tcp_refuses,
	.home = HOME_GUEST,
	.build = tcp_sink_build,
	.start = tcp_sink_start,
	.finish = tcp_sink_finish,
	.inside = tcp_sink_packets,
	.made_inside = tcp_sink_made_inside,
};
