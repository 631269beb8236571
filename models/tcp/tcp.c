/* SPDX-License-Identifier: MIT */
/*
 * tcp: the client's end of a connection, or of several, and its application:
 *
 *	bulk	writes as fast as it may (iperf, netperf's STREAM), without end
 *		or until so many bytes are acknowledged
 *	rr	sends a request, waits for the answer, sends the next (netperf's
 *		RR). How long an answer the peer is to give travels with the
 *		request.
 *
 * Each of several connections has an application of its own, as the threads of
 * `iperf -P` are. They begin at the same time.
 */
#include <math.h>

#include "models/tcp/endpoint.h"
#include "models/tcp/ns3_end.h"
#include "models/tcp/types.h"

static const struct choice apps[] = {
	{"bulk", PARAM_NONE, NULL, NULL, "As much as goes."},
	{"rr", PARAM_NONE, NULL, NULL, "Requests, each after the last answer."},
	{0}};

enum { APP_BULK, APP_RR };

static const struct choice stacks[] = {
	{"own", PARAM_NONE, NULL, NULL, "Our own."},
	{"ns3", PARAM_NONE, NULL, NULL, "That of ns-3."},
	{0}};

enum { STACK_OWN, STACK_NS3 };

#define CLIENT_PARAMS(P)                                                       \
	P(CHOICE, stack, "own", stacks, 0, "choice",                           \
	  "Whose TCP it is, at both ends; threads, costs and applications "    \
	  "are the same.")                                                     \
	P(COUNT, streams, "1", "1", "64", "choice; iperf: -P",                 \
	  "Connections, each with its own application and threads; the other " \
	  "end has as many.")                                                  \
	P(CHOICE, app, "bulk", apps, 0, "choice",                              \
	  "What the application does.")                                        \
	P(SIZE, bytes, "0B", "0B", "1048576GiB", "choice",                     \
	  "How much app: bulk sends on each connection; 0: without end.")      \
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
	  "When all of `bytes` was acknowledged, on every connection, from "   \
	  "the start of the run.")                                             \
	M(NUMBER, speed, "bps", "`bytes` of every connection over completion.")

struct tcp_client_metrics {
	struct endpoint_metrics e;
	CLIENT_METRICS(METRIC_FIELD)
};

/* The application of one connection. */
struct tcp_app {
	sim_time asked;	    /* when the open request was written */
	sim_time completed; /* SIM_NEVER: not yet */
};

struct tcp_client {
	struct stage stage;
	struct tcp_client_params p;
	struct tcp_client_metrics m;
	struct endpoints e;
	struct tcp_app *apps; /* of each connection */
};

static struct tcp_client *client_of(const struct endpoint *e)
{
	return (struct tcp_client *)e->stage;
}

static void ask(struct tcp_client *t, struct endpoint *e)
{
	struct tcp_conn *c = &e->conn;

	t->apps[e->number].asked = t->stage.sim->now;
	e->to_write = (uint64_t)t->p.request;
	c->asks_at = c->written + (uint64_t)t->p.request;
	c->asks += (uint64_t)t->p.answer;
}

static void answer_arrived(struct endpoint *e)
{
	struct tcp_client *t = client_of(e);
	struct tcp_conn *c = &e->conn;

	conn_read(c, conn_readable(c));
	if (t->p.app.which != APP_RR || c->read < c->asks)
		return;
	span_add(&t->m.latency, t->stage.sim->now - t->apps[e->number].asked);
	ask(t, e);
}

static void data_acked(struct endpoint *e)
{
	struct tcp_client *t = client_of(e);
	struct tcp_app *a = &t->apps[e->number];

	if (t->p.bytes > 0 && a->completed == SIM_NEVER &&
	    e->conn.una == (uint64_t)t->p.bytes)
		a->completed = t->stage.sim->now;
}

static unsigned streams_of(const struct stage *s)
{
	if (!s || s->type != &tcp_type)
		return 1;
	return (unsigned)((const struct tcp_client *)s)->p.streams;
}

unsigned tcp_streams(const struct stage *s)
{
	unsigned own = streams_of(s), far = streams_of(s->far);

	return own > far ? own : far;
}

static bool is_ns3s(const struct stage *s)
{
	return s && s->type == &tcp_type &&
	       ((const struct tcp_client *)s)->p.stack.which == STACK_NS3;
}

bool tcp_is_ns3s(const struct stage *s)
{
	return is_ns3s(s) || is_ns3s(s->far);
}

static void begin(struct tcp_client *t, struct endpoint *e)
{
	t->apps[e->number].completed = SIM_NEVER;
	if (t->p.app.which == APP_RR)
		ask(t, e);
	else
		e->to_write = t->p.bytes ? (uint64_t)t->p.bytes : UINT64_MAX;
}

static void tcp_build(struct stage *s)
{
	struct tcp_client *t = (struct tcp_client *)s;

	endpoints_build(&t->e, s, &t->p.e, &t->m.e);
	t->e.opens = true;
	t->e.arrived = answer_arrived;
	t->e.acked = data_acked;
	t->apps = sim_alloc(s->sim, t->e.n * sizeof *t->apps);
	for (unsigned i = 0; i < t->e.n; i++)
		begin(t, &t->e.all[i]);
}

static void tcp_start(struct stage *s)
{
	endpoints_start(&((struct tcp_client *)s)->e);
}

/* Every 10 s BBR looks for the shortest round trip, for 200 ms and what it
 * takes to begin with that, and remembers rates for ten of them (Cardwell et
 * al., "BBR", ACM Queue 2016). ns-3's does not leave out those of the time when
 * it looks. */
static const char *bbr_remark(const struct tcp_client *t)
{
	sim_time least = SIM_NEVER;

	if (t->p.e.tcp.congestion.which != CONGESTION_BBR)
		return NULL;
	for (unsigned i = 0; i < t->e.n; i++) {
		const struct ns3_view *v = &t->e.all[i].conn.ns3->view;

		least = v->least_rtt < least ? v->least_rtt : least;
	}
	return t->stage.sim->now > 10 * SIM_SEC && least < 21 * SIM_MS
		       ? "ns-3's BBR forgets its rate after 10 s where ten "
			 "round trips are shorter than 200 ms: docs/ns3-tcp.md"
		       : NULL;
}

/* When the last one was. */
static sim_time all_completed(const struct tcp_client *t)
{
	sim_time last = 0;

	for (unsigned i = 0; i < t->e.n; i++)
		if (t->apps[i].completed > last)
			last = t->apps[i].completed;
	return last;
}

static void tcp_finish(struct stage *s)
{
	struct tcp_client *t = (struct tcp_client *)s;
	sim_time completed = all_completed(t);

	endpoints_finish(&t->e);
	s->remark = bbr_remark(t);
	t->m.completion = t->m.speed = NAN;
	if (completed == SIM_NEVER)
		return;
	t->m.completion = time_sec(completed);
	t->m.speed = 8 * (double)t->p.bytes * t->e.n / t->m.completion;
}

static uint64_t tcp_packets(const struct stage *s)
{
	return endpoints_inside(&((const struct tcp_client *)s)->e);
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
	.doc = "The client's end of a TCP connection, or of several, and its "
	       "application.",
	.size = sizeof(struct tcp_client),
	STAGE_ROWS(tcp_client),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "TCP",
	.refuses = tcp_refuses,
	.home = HOME_GUEST,
	.build = tcp_build,
	.start = tcp_start,
	.finish = tcp_finish,
	.inside = tcp_packets,
	.made_inside = tcp_made_inside,
};
