/* SPDX-License-Identifier: MIT */
/*
 * clients: many domains that each ask one service for something, over an event
 * channel of their own: what xenstored or a block backend is for the domains of
 * a host. It is for this that Mirage went from SCHEDOP_poll, with its limit of
 * 128 ports, to SCHEDOP_block (Scott, "Improving the network-stack performance
 * over Xen", mirageos-devel, 19 September 2013: some 300 domains on a host).
 *
 * A client thinks, leaves a request in a page it shares with the service,
 * notifies it, and sleeps until it is notified back. The service has a thread
 * for each client, which waits for its events. In a path this stands where the
 * device stands, below the unikernel.
 */
#include "models/hypervisor/mirage.h"

#include <gsl/gsl_randist.h>

#define CLIENTS_PARAMS(P)                                                      \
	P(COUNT, count, "2", "1", "2000", "choice", "Client domains.")         \
	P(TIME, think, "10ms", "1us", "1000s", "choice",                       \
	  "Mean time between an answer and the next request.")                 \
	P(SIZE, size, "64B", "1B", "64KiB", "choice", "Of a request.")         \
	P(COST, ask_cost, "1us", "0ns", "1ms", "guess",                        \
	  "What a request takes of a client.")

struct clients_params {
	CLIENTS_PARAMS(PARAM_FIELD)
};

#define CLIENTS_METRICS(M)                                                     \
	M(COUNTER, requests, "1", "Requests sent.")                            \
	M(COUNTER, answers, "1", "Answers received.")                          \
	M(SPAN, latency, "ns", "From a request to its answer.")

struct clients_metrics {
	CLIENTS_METRICS(METRIC_FIELD)
};

struct client {
	struct clients *of;
	struct domain *domain;
	struct task task;
	struct signal never, answered;
	struct work on_answer;
	struct doorbell to_service, to_client;
	struct packet *request; /* in the shared page; NULL: none */
	sim_time asked;
	/* the service's side */
	struct task thread;
	struct line_wait wait;
	struct waiter waits;
};

struct clients {
	struct stage stage;
	struct clients_params p;
	struct clients_metrics m;
	struct client *all;
	struct packet_pool pool;
	struct cost ask_cost;
	gsl_rng *rng;
};

/* --- a client ----------------------------------------------------------- */

static sim_time think(struct clients *c)
{
	return (sim_time)gsl_ran_exponential(c->rng, (double)c->p.think) + 1;
}

static TASK(on_answer)
{
	struct client *k = owner;

	(void)me;
	(void)depth;
	signal_raise(&k->answered);
	return DONE;
}

static TASK(ask)
{
	struct client *k = owner;
	struct clients *c = k->of;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &c->ask_cost));
	k->asked = sim_->now;
	counter_add(&c->m.requests, 1);
	waiter_publishing(&k->waits);
	STEP();
	k->request = packet_new(&c->pool, (uint32_t)c->p.size);
	note(sim_, k->domain->id, NOTE_PUT, c->pool.made);
	STEP();
	note(sim_, k->domain->id, NOTE_KICK, c->pool.made);
	CALL(k->to_service.ring, &k->to_service);
	waiter_decided(&k->waits, k->to_service.spent
					  ? (enum cause)k->to_service.spent
					  : CAUSE_MASKED);
	TASK_END;
}

static TASK(client)
{
	struct client *k = owner;
	struct clients *c = k->of;

	TASK_BEGIN;
	for (;;) {
		AWAIT_UNTIL(&k->never, time_add(sim_->now, think(c)));
		k->answered.raised = false;
		CALL(ask, k);
		AWAIT(&k->answered);
		counter_add(&c->m.answers, 1);
		span_add(&c->m.latency, sim_->now - k->asked);
	}
	TASK_END;
}

/* --- the service's side ------------------------------------------------- */

static TASK(serve_one)
{
	struct client *k = owner;
	struct stage *s = &k->of->stage;

	TASK_BEGIN;
	s->above->offered = k->request;
	k->request = NULL;
	note(sim_, s->id, NOTE_TAKE, k->domain->id);
	CALL(s->above->send, s->above);
	note(sim_, s->id, NOTE_CALL, k->domain->id);
	CALL(k->to_client.ring, &k->to_client);
	TASK_END;
}

static TASK(serve)
{
	struct client *k = owner;

	TASK_BEGIN;
	for (;;) {
		waiter_looks(&k->waits);
		STEP();
		if (k->request)
			CALL(serve_one, k);
		CALL(k->wait.line->wait, &k->wait);
	}
	TASK_END;
}

static bool request_is_there(void *arg)
{
	return ((const struct client *)arg)->request != NULL;
}

static bool event_is_coming(void *arg)
{
	const struct client *k = arg;

	return doorbell_coming(&k->to_service) ||
	       k->wait.line->coming(&k->wait);
}

/* --- building ----------------------------------------------------------- */

static void build_waiter(struct client *k, const char *name)
{
	struct stage *s = &k->of->stage;

	waiter_init(&k->waits, s->sim, s->id, name, "a request");
	waiter_about(&k->waits, k->domain->id);
	waiter_about(&k->waits, s->domain->id);
	k->waits.due = request_is_there;
	k->waits.coming = event_is_coming;
	k->waits.arg = k;
	k->wait.waiter = &k->waits;
}

static void build_client(struct clients *c, unsigned i)
{
	struct stage *s = &c->stage, *os = s->domain->guest;
	struct client *k = &c->all[i];
	const char *name;

	k->of = c;
	name = sim_format(s->sim, "%s.%u", s->name, i + 1);
	k->domain = xen_domain(s->domain->xen, name, 1, true);
	k->on_answer = (struct work){.run = on_answer, .owner = k};
	xen_bind(&k->to_client, k->domain,
		 xen_port(k->domain, 0, &k->on_answer));
	k->wait.line = mirage_line(os, &k->to_service, name);
	build_waiter(k, name);
	k->wait.line->waiter = &k->waits;
	task_init(&k->task, &k->domain->vcpus[0].cpu, LEVEL_THREAD, client, k,
		  k->domain->id);
	task_init(&k->thread, s->cpu, LEVEL_THREAD, serve, k, s->id);
}

static void clients_build(struct stage *s)
{
	struct clients *c = (struct clients *)s;

	c->pool.sim = s->sim;
	c->rng = stage_rng(s, "think");
	stage_cost(s, &c->ask_cost, &c->p.ask_cost, "ask_cost");
	c->all = sim_alloc(s->sim, (size_t)c->p.count * sizeof *c->all);
	for (unsigned i = 0; i < c->p.count; i++)
		build_client(c, i);
}

static void clients_start(struct stage *s)
{
	struct clients *c = (struct clients *)s;

	for (unsigned i = 0; i < c->p.count; i++) {
		task_start(&c->all[i].thread);
		task_start(&c->all[i].task);
	}
}

static uint64_t clients_inside(const struct stage *s)
{
	const struct clients *c = (const struct clients *)s;
	uint64_t n = s->above->offered != NULL;

	for (unsigned i = 0; i < c->p.count; i++)
		n += c->all[i].request != NULL;
	return n;
}

static uint64_t clients_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct clients *)s)->pool);
}

#define SELF struct clients_params
static const struct param clients_params[] = {CLIENTS_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct clients_metrics
static const struct metric clients_metrics[] = {CLIENTS_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type clients_type = {
	.name = "clients",
	.doc = "Domains that ask a service in a unikernel, one event channel "
	       "each.",
	.size = sizeof(struct clients),
	STAGE_ROWS(clients),
	.in = PLUG_NET,
	.out = PLUG_NONE,
	.duplex = true,
	.speaks = "requests",
	.home = HOME_GUEST,
	.build = clients_build,
	.start = clients_start,
	.inside = clients_inside,
	.made_inside = clients_made_inside,
};
