/* SPDX-License-Identifier: MIT */
/*
 * responder: a program in the guest that answers requests, in the order of
 * arrival (netperf's TCP_RR). The answer is the request's packet, sent back.
 */
#include "models/tcp/types.h"

#define RESPONDER_PARAMS(P)                                                    \
	P(COST, stack_cost, "2us", "0ns", "1ms", "guess",                      \
	  "What a request takes of the stack, in the softirq.")                \
	P(COST, answer_cost, "5us", "0ns", "10ms", "guess",                    \
	  "What it takes of the program, and its answer of the stack.")

struct responder_params {
	RESPONDER_PARAMS(PARAM_FIELD)
};

#define RESPONDER_METRICS(M) M(WINDOWED, rate, "pps", "Requests answered.")

struct responder_metrics {
	RESPONDER_METRICS(METRIC_FIELD)
};

struct responder {
	struct stage stage;
	struct responder_params p;
	struct responder_metrics m;
	struct port rx;
	struct port *tx;
	struct task task;
	struct signal asked;
	struct packet *head, *tail;
	uint64_t waiting;
	struct cost stack_cost, answer_cost;
};

static TASK(receive)
{
	struct port *port = owner;
	struct responder *r = port->owner;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &r->stack_cost));
	if (r->head)
		r->tail->next = port->offered;
	else
		r->head = port->offered;
	r->tail = port->offered;
	r->waiting++;
	port->offered = NULL;
	signal_raise(&r->asked);
	TASK_END;
}

static struct packet *next_request(struct responder *r)
{
	struct packet *p = r->head;

	r->head = p->next;
	p->next = NULL;
	r->waiting--;
	return p;
}

static TASK(answer)
{
	struct responder *r = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&r->asked);
		r->asked.raised = false;
		while (r->head) {
			SPEND(cost_draw(sim_, &r->answer_cost));
			r->tx->offered = next_request(r);
			CALL(r->tx->send, r->tx);
			windowed_add(&r->m.rate, sim_);
		}
	}
	TASK_END;
}

static void responder_build(struct stage *s)
{
	struct responder *r = (struct responder *)s;

	stage_cost(s, &r->stack_cost, &r->p.stack_cost, "stack_cost");
	stage_cost(s, &r->answer_cost, &r->p.answer_cost, "answer_cost");
	r->rx = (struct port){.send = receive, .owner = r};
	s->rx = &r->rx;
	task_init(&r->task, s->cpu, LEVEL_THREAD, answer, r, s->id);
}

static void responder_start(struct stage *s)
{
	struct responder *r = (struct responder *)s;

	r->tx = s->below->open(s->below);
	task_start(&r->task);
}

static uint64_t responder_inside(const struct stage *s)
{
	const struct responder *r = (const struct responder *)s;

	return r->waiting + (r->tx->offered != NULL);
}

#define SELF struct responder_params
static const struct param responder_params[] = {RESPONDER_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct responder_metrics
static const struct metric responder_metrics[] = {
	RESPONDER_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type responder_type = {
	.name = "responder",
	.doc = "A program in the guest that answers requests.",
	.size = sizeof(struct responder),
	STAGE_ROWS(responder),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.home = HOME_GUEST,
	.build = responder_build,
	.start = responder_start,
	.inside = responder_inside,
};
