/* SPDX-License-Identifier: MIT */
/*
 * tcp: the client's end of a connection, and its application:
 *
 *	bulk	writes as fast as it may (iperf, netperf's STREAM), without end
 *		or until so many bytes are acknowledged
 *	rr	sends a request, waits for the answer, sends the next (netperf's
 *		RR). How long an answer the peer is to give travels with the
 *		request.
 */
#include <math.h>

#include "models/tcp/endpoint.h"
#include "models/tcp/types.h"

static const struct choice apps[] = {
	{"bulk", PARAM_NONE, NULL, NULL, "As much as goes."},
	{"rr", PARAM_NONE, NULL, NULL, "Requests, each after the last answer."},
	{0}};

enum { APP_BULK, APP_RR };

#define CLIENT_PARAMS(P)                                                       \
	P(CHOICE, app, "bulk", apps, 0, "choice",                              \
	  "What the application does.")                                        \
	P(SIZE, bytes, "0B", "0B", "1048576GiB", "choice",                     \
	  "How much app: bulk sends; 0: without end.")                         \
	P(SIZE, request, "1B", "1B", "1GiB", "netperf TCP_RR",                 \
	  "Size of a request of app: rr.")                                     \
	P(SIZE, answer, "1B", "1B", "1GiB", "netperf TCP_RR",                  \
	  "Size of an answer to app: rr.")

struct tcp_client_params {
	struct endpoint_params e;
	CLIENT_PARAMS(PARAM_FIELD)
};

#define CLIENT_METRICS(M)                                                      \
	M(SPAN, latency, "ns", "From writing a request to the whole answer.")  \
	M(NUMBER, completion, "s",                                             \
	  "When all of `bytes` was acknowledged, from the start of the run.")  \
	M(NUMBER, speed, "bps", "`bytes` over completion.")

struct tcp_client_metrics {
	struct endpoint_metrics e;
	CLIENT_METRICS(METRIC_FIELD)
};

struct tcp_client {
	struct stage stage;
	struct tcp_client_params p;
	struct tcp_client_metrics m;
	struct endpoint e;
	sim_time asked;	    /* when the open request was written */
	sim_time completed; /* SIM_NEVER: not yet */
};

static void ask(struct tcp_client *t)
{
	struct tcp_conn *c = &t->e.conn;

	t->asked = t->stage.sim->now;
	t->e.to_write = (uint64_t)t->p.request;
	c->asks_at = c->written + (uint64_t)t->p.request;
	c->asks += (uint64_t)t->p.answer;
}

static void answer_arrived(struct stage *s)
{
	struct tcp_client *t = (struct tcp_client *)s;
	struct tcp_conn *c = &t->e.conn;

	conn_read(c, conn_readable(c));
	if (t->p.app.which != APP_RR || c->read < c->asks)
		return;
	span_add(&t->m.latency, s->sim->now - t->asked);
	ask(t);
}

static void data_acked(struct stage *s)
{
	struct tcp_client *t = (struct tcp_client *)s;

	if (t->p.bytes > 0 && t->completed == SIM_NEVER &&
	    t->e.conn.una == (uint64_t)t->p.bytes)
		t->completed = s->sim->now;
}

static void tcp_build(struct stage *s)
{
	struct tcp_client *t = (struct tcp_client *)s;

	endpoint_build(&t->e, s, &t->p.e, &t->m.e);
	t->e.opens = true;
	t->e.arrived = answer_arrived;
	t->e.acked = data_acked;
	t->completed = SIM_NEVER;
	if (t->p.app.which == APP_RR)
		ask(t);
	else
		t->e.to_write = t->p.bytes ? (uint64_t)t->p.bytes : UINT64_MAX;
}

static void tcp_start(struct stage *s)
{
	endpoint_start(&((struct tcp_client *)s)->e);
}

static void tcp_finish(struct stage *s)
{
	struct tcp_client *t = (struct tcp_client *)s;

	endpoint_finish(&t->e);
	t->m.completion = t->m.speed = NAN;
	if (t->completed == SIM_NEVER)
		return;
	t->m.completion = time_sec(t->completed);
	t->m.speed = 8 * (double)t->p.bytes / t->m.completion;
}

static uint64_t tcp_packets(const struct stage *s)
{
	return endpoint_inside(&((const struct tcp_client *)s)->e);
}

static uint64_t tcp_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct tcp_client *)s)->e.pool);
}

static const struct param tcp_client_params[] = {
#define SELF struct tcp_params
	TCP_PARAMS(PARAM_ROW)
#undef SELF
#define SELF struct endpoint_params
		ENDPOINT_PARAMS(PARAM_ROW)
#undef SELF
#define SELF struct tcp_client_params
			CLIENT_PARAMS(PARAM_ROW)
#undef SELF
};

static const struct metric tcp_client_metrics[] = {
#define SELF struct endpoint_metrics
	ENDPOINT_METRICS(METRIC_ROW)
#undef SELF
#define SELF struct tcp_client_metrics
		CLIENT_METRICS(METRIC_ROW)
#undef SELF
};

const struct stage_type tcp_type = {
	.name = "tcp",
	.doc = "The client's end of a TCP connection, and its application.",
	.size = sizeof(struct tcp_client),
	STAGE_ROWS(tcp_client),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "TCP",
	.home = HOME_GUEST,
	.build = tcp_build,
	.start = tcp_start,
	.finish = tcp_finish,
	.inside = tcp_packets,
	.made_inside = tcp_made_inside,
};
