/* SPDX-License-Identifier: MIT */
/*
 * pktgen: an application in the guest that sends packets of one size, as fast
 * as it can or at a rate.
 *
 * It calls the driver in its own context, as a system call does, so what the
 * driver spends is its time; when the queue is stopped it sleeps until there is
 * room. At a rate, a packet is born when it is due, not when it gets its turn:
 * its latency includes the wait for those before it. At most `backlog` packets
 * wait; who is due then is dropped, as by a full socket buffer.
 *
 * Left out: the guest's timer interrupts at a rate; it wakes by itself.
 */
#include <gsl/gsl_randist.h>

#include "models/tcp/types.h"

static const struct choice loads[] = {
	{"saturate", PARAM_NONE, NULL, NULL,
	 "As fast as the driver takes them."},
	{"even", PARAM_NONE, NULL, NULL, "At even intervals."},
	{"poisson", PARAM_NONE, NULL, NULL,
	 "At exponentially distributed intervals."},
	{0}};

enum { LOAD_SATURATE, LOAD_EVEN, LOAD_POISSON };

#define PKTGEN_PARAMS(P)                                                       \
	P(SIZE, size, "60B", "1B", "64KiB", "choice",                          \
	  "Size of a packet, without framing.")                                \
	P(CHOICE, load, "saturate", loads, 0, "choice",                        \
	  "When packets are due.")                                             \
	P(RATE, offered, "100kpps", "1pps", "1000Mpps", "choice",              \
	  "Packets due per second, unless it saturates.")                      \
	P(COUNT, backlog, "1000", "1", "1000000", "choice",                    \
	  "Packets that may wait for their turn, unless it saturates.")

struct pktgen_params {
	PKTGEN_PARAMS(PARAM_FIELD)
};

#define PKTGEN_METRICS(M)                                                      \
	M(WINDOWED, rate, "pps", "Packets the driver accepted.")               \
	M(COUNTER, drops, "1",                                                 \
	  "Packets dropped because the backlog was full.")                     \
	M(COUNTER, blocked, "1", "Times it slept for a stopped queue.")        \
	M(NUMBER, busy, "1",                                                   \
	  "Share of the time its vCPU did not idle; waiting for the big "      \
	  "lock is not idling.")

struct pktgen_metrics {
	PKTGEN_METRICS(METRIC_FIELD)
};

struct pktgen {
	struct stage stage;
	struct pktgen_params p;
	struct pktgen_metrics m;
	struct task task;
	struct packet_pool pool;
	struct packet *packet;	    /* the one it is sending */
	struct packet *head, *tail; /* due, and waiting for their turn */
	int64_t waiting;
	struct signal never; /* nobody raises it: sleep until a deadline */
	sim_time due;	     /* of the next packet */
	double interval;     /* mean, in ps */
	gsl_rng *rng;
};

static sim_time next_interval(struct pktgen *g)
{
	double d = g->interval;

	if (g->p.load.which == LOAD_POISSON)
		d = gsl_ran_exponential(g->rng, d);
	return (sim_time)(d + 0.5);
}

static void line_up(struct pktgen *g, struct packet *p)
{
	if (g->head)
		g->tail->next = p;
	else
		g->head = p;
	g->tail = p;
	g->waiting++;
}

/* Who has become due since the last look joins the line, or finds it full. The
 * line only grew meanwhile, so it is not too late to decide that now. */
static void admit(struct pktgen *g)
{
	while (g->due <= g->stage.sim->now) {
		struct packet *p = packet_new(&g->pool, (uint32_t)g->p.size);

		p->born = g->due;
		g->due = time_add(g->due, next_interval(g));
		if (g->waiting < g->p.backlog) {
			line_up(g, p);
			continue;
		}
		counter_add(&g->m.drops, 1);
		packet_dropped(p, g->stage.id, DROP_NO_ROOM);
	}
}

static struct packet *first_in_line(struct pktgen *g)
{
	struct packet *p = g->head;

	g->head = p->next;
	p->next = NULL;
	g->waiting--;
	return p;
}

static TASK(next_packet)
{
	struct pktgen *g = owner;

	TASK_BEGIN;
	if (g->p.load.which == LOAD_SATURATE) {
		/* On a path that costs nothing the engine has to see that the
		 * clock stands still. */
		if (g->due == sim_->now)
			SPEND(0);
		g->due = sim_->now;
		g->packet = packet_new(&g->pool, (uint32_t)g->p.size);
		TASK_RETURN;
	}
	admit(g);
	if (!g->head) {
		AWAIT_UNTIL(&g->never, g->due);
		admit(g);
	}
	g->packet = first_in_line(g);
	TASK_END;
}

static TASK(generate)
{
	struct pktgen *g = owner;
	struct port *out = g->stage.out;

	TASK_BEGIN;
	for (;;) {
		CALL(next_packet, g);
		for (;;) {
			out->offered = g->packet;
			CALL(out->send, out);
			if (!out->offered)
				break;
			counter_add(&g->m.blocked, 1);
			out->room.raised = false;
			AWAIT(&out->room);
		}
		g->packet = NULL;
		windowed_add(&g->m.rate, sim_);
	}
	TASK_END;
}

static void pktgen_build(struct stage *s)
{
	struct pktgen *g = (struct pktgen *)s;

	g->pool.sim = s->sim;
	g->rng = stage_rng(s, "load");
	g->interval = (double)SIM_SEC / g->p.offered;
	if (g->p.load.which != LOAD_SATURATE)
		g->due = next_interval(g);
	task_init(&g->task, s->cpu, LEVEL_THREAD, generate, g, s->id);
}

static void pktgen_start(struct stage *s)
{
	task_start(&((struct pktgen *)s)->task);
}

static void pktgen_finish(struct stage *s)
{
	((struct pktgen *)s)->m.busy =
		(double)cpu_busy(s->cpu) / (double)s->measure;
}

/* While a send is under way its packet is the driver's or the ring's once it
 * is no longer on offer. */
static uint64_t pktgen_inside(const struct stage *s)
{
	const struct pktgen *g = (const struct pktgen *)s;

	return (uint64_t)g->waiting +
	       (g->packet && s->out->offered == g->packet);
}

static uint64_t pktgen_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct pktgen *)s)->pool);
}

#define SELF struct pktgen_params
static const struct param pktgen_params[] = {PKTGEN_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct pktgen_metrics
static const struct metric pktgen_metrics[] = {PKTGEN_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type pktgen_type = {
	.name = "pktgen",
	.doc = "An application in the guest that sends packets of one size.",
	.size = sizeof(struct pktgen),
	STAGE_ROWS(pktgen),
	.in = PLUG_NONE,
	.out = PLUG_PORT,
	.home = HOME_GUEST,
	.build = pktgen_build,
	.start = pktgen_start,
	.finish = pktgen_finish,
	.inside = pktgen_inside,
	.made_inside = pktgen_made_inside,
};
