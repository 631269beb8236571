/* SPDX-License-Identifier: MIT */
/*
 * wire: the world outside of one host, its network card and its bridge.
 *
 * stream	Packets of TCP streams come in bursts, one burst for each of the
 *		card's interrupts, in which the streams take turns; the interval
 *		between bursts is even or exponential. A packet may be several
 *		frames that the host has merged (GRO). The host's softirq hands
 *		them on one by one. The senders do not heed acknowledgements:
 *		this is an offered load, not a TCP. What a guest sends back is
 *		counted and gone.
 * requests	A client sends a request, at exponential intervals; the answer
 *		is the same packet. Clients take turns over the devices.
 * none		It only takes.
 *
 * What a guest sends leaves in line at the rate of the link. The card tells of
 * what it has sent `coalesce` after the first of it, in one go.
 */
#include <gsl/gsl_randist.h>

#include "models/tcp/types.h"

static const struct choice loads[] = {
	{"none", PARAM_NONE, NULL, NULL, "Nothing comes from outside."},
	{"stream", PARAM_NONE, NULL, NULL, "Streams of frames, in bursts."},
	{"requests", PARAM_NONE, NULL, NULL, "Requests, one at a time."},
	{0}};

enum { LOAD_NONE, LOAD_STREAM, LOAD_REQUESTS };

static const struct choice spacings[] = {
	{"even", PARAM_NONE, NULL, NULL, "At even intervals."},
	{"poisson", PARAM_NONE, NULL, NULL,
	 "At exponentially distributed intervals."},
	{0}};

enum { SPACING_EVEN, SPACING_POISSON };

#define WIRE_PARAMS(P)                                                         \
	P(CHOICE, load, "stream", loads, 0, "choice", "What comes in.")        \
	P(RATE, offered, "100kpps", "1pps", "1000Mpps", "choice",              \
	  "Packets, or requests, per second.")                                 \
	P(SIZE, size, "1514B", "60B", "64KiB", "choice",                       \
	  "Size of a packet that comes in.")                                   \
	P(COUNT, burst, "4", "1", "1000", "guess",                             \
	  "Packets that the card delivers with one interrupt.")                \
	P(CHOICE, spacing, "poisson", spacings, 0, "guess",                    \
	  "When bursts, or requests, come.")                                   \
	P(COUNT, streams, "4", "1", "1000", "choice",                          \
	  "Streams, or clients; they are spread over the devices.")            \
	P(BITRATE, rate, "10Gbps", "1kbps", "1000Gbps",                        \
	  "Haskins, AlacrityVM thread, LKML, 22 Dec 2009: a 10GE box",         \
	  "Rate of the link.")                                                 \
	P(SIZE, framing, "24B", "0B", "1KiB",                                  \
	  "IEEE 802.3: preamble, FCS, gap",                                    \
	  "What each frame takes of the link besides its size.")               \
	P(TIME, coalesce, "50us", "0ns", "1s", "guess",                        \
	  "From the first frame sent to the card's telling of it.")            \
	P(COST, frame_cost, "0.8us", "0ns", "1ms", "guess",                    \
	  "What a packet that comes in takes of the host's softirq: card, "    \
	  "bridge.")

struct wire_params {
	WIRE_PARAMS(PARAM_FIELD)
};

#define WIRE_METRICS(M)                                                        \
	M(COUNTER, in, "1", "Packets, or requests, that came in.")             \
	M(WINDOWED, out, "pps", "Packets that the guest sent.")                \
	M(WINDOWED, goodput, "bps", "Bytes that the guest sent.")              \
	M(SPAN, latency, "ns", "From a request's coming in to its answer.")

struct wire_metrics {
	WIRE_METRICS(METRIC_FIELD)
};

#define MTU_FRAME 1514

struct wire {
	struct stage stage;
	struct wire_params p;
	struct wire_metrics m;
	struct cost frame_cost;
	struct port link;
	struct packet_pool pool;
	struct task in;
	struct signal never; /* nobody raises it: sleep until a deadline */
	sim_time due;
	double interval; /* mean, in ps */
	gsl_rng *rng;
	uint64_t packets; /* so far */
	int64_t left;	  /* of the burst */
	/* What the guest sent. */
	struct task out;
	struct cpu out_cpu;
	struct signal sending;
	struct packet *head, *tail;
	uint64_t sent; /* and not told of: all before `sent` */
	struct event told;
};

static sim_time next_interval(struct wire *w)
{
	double d = w->interval;

	if (w->p.spacing.which == SPACING_POISSON)
		d = gsl_ran_exponential(w->rng, d);
	return (sim_time)(d + 0.5);
}

static TASK(hand_on)
{
	struct wire *w = owner;
	struct port *to = w->stage.peer;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &w->frame_cost));
	to->offered = packet_new(&w->pool, (uint32_t)w->p.size);
	to->offered->device = (uint16_t)(w->packets++ % (uint64_t)w->p.streams);
	to->offered->born = w->due;
	counter_add(&w->m.in, 1);
	CALL(to->send, to);
	TASK_END;
}

static TASK(come_in)
{
	struct wire *w = owner;

	TASK_BEGIN;
	for (;;) {
		w->due = time_add(w->due, next_interval(w));
		if (w->due > sim_->now)
			AWAIT_UNTIL(&w->never, w->due);
		w->left = w->p.load.which == LOAD_STREAM ? w->p.burst : 1;
		for (; w->left > 0; w->left--)
			CALL(hand_on, w);
	}
	TASK_END;
}

/* A GSO packet leaves as frames. */
static sim_time time_on_link(const struct wire *w, const struct packet *p)
{
	double frames = (p->size + MTU_FRAME - 1) / MTU_FRAME;
	double bytes = p->size + frames * (double)w->p.framing;

	return (sim_time)(8 * bytes / w->p.rate * (double)SIM_SEC + 0.5);
}

static void gone(struct wire *w, struct packet *p)
{
	struct sim *sim = w->stage.sim;

	windowed_add(&w->m.out, sim);
	windowed_add_n(&w->m.goodput, sim, 8 * (uint64_t)p->size);
	if (w->p.load.which == LOAD_REQUESTS)
		span_add(&w->m.latency, sim->now - p->born);
	packet_delivered(p, w->stage.id);
	w->sent++;
	if (!event_pending(sim, &w->told))
		event_at(sim, &w->told, time_add(sim->now, w->p.coalesce));
}

static void tell(struct sim *sim, struct event *ev)
{
	struct wire *w =
		(struct wire *)((char *)ev - offsetof(struct wire, told));

	(void)sim;
	w->link.done = w->sent;
	signal_raise(&w->link.room);
}

static TASK(send_out)
{
	struct wire *w = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&w->sending);
		w->sending.raised = false;
		while (w->head) {
			SPEND(time_on_link(w, w->head));
			struct packet *p = w->head;

			w->head = p->next;
			p->next = NULL;
			gone(w, p);
		}
	}
	TASK_END;
}

static TASK(take)
{
	struct port *port = owner;
	struct wire *w = port->owner;
	struct packet *p = port->offered;

	(void)me;
	(void)depth;
	port->offered = NULL;
	if (w->head)
		w->tail->next = p;
	else
		w->head = p;
	w->tail = p;
	signal_raise(&w->sending);
	return DONE;
}

static void wire_build(struct stage *s)
{
	struct wire *w = (struct wire *)s;

	w->pool.sim = s->sim;
	w->rng = stage_rng(s, "load");
	w->interval = (double)SIM_SEC / w->p.offered;
	if (w->p.load.which == LOAD_STREAM)
		w->interval *= (double)w->p.burst;
	stage_cost(s, &w->frame_cost, &w->p.frame_cost, "frame_cost");
	w->link = (struct port){.send = take, .owner = w};
	s->link = &w->link;
	event_init(s->sim, &w->told, tell);
	task_init(&w->in, s->cpu, LEVEL_THREAD, come_in, w, s->id);
	cpu_init(&w->out_cpu, s->sim, NULL);
	task_init(&w->out, &w->out_cpu, LEVEL_THREAD, send_out, w, s->id);
}

static void wire_start(struct stage *s)
{
	struct wire *w = (struct wire *)s;

	if (w->p.load.which != LOAD_NONE)
		task_start(&w->in);
	task_start(&w->out);
}

static uint64_t wire_inside(const struct stage *s)
{
	const struct wire *w = (const struct wire *)s;
	uint64_t n = 0;

	for (const struct packet *p = w->head; p; p = p->next)
		n++;
	return n;
}

static uint64_t wire_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct wire *)s)->pool);
}

#define SELF struct wire_params
static const struct param wire_params[] = {WIRE_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct wire_metrics
static const struct metric wire_metrics[] = {WIRE_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type wire_type = {
	.name = "wire",
	.doc = "The world outside of a host: streams or requests that come in, "
	       "and a link that takes what guests send.",
	.size = sizeof(struct wire),
	STAGE_ROWS(wire),
	.in = PLUG_NONE,
	.out = PLUG_LINK,
	.duplex = true,
	.home = HOME_OWN,
	.build = wire_build,
	.start = wire_start,
	.inside = wire_inside,
	.made_inside = wire_made_inside,
};
