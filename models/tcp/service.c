/* SPDX-License-Identifier: MIT */
/*
 * service: answers requests where they arrive, in the context of whoever hands
 * them up. The end of a path of clients.
 */
#include "models/tcp/types.h"

#define SERVICE_PARAMS(P)                                                      \
	P(COST, serve_cost, "2us", "0ns", "1s", "choice",                      \
	  "What a request takes.")

struct service_params {
	SERVICE_PARAMS(PARAM_FIELD)
};

#define SERVICE_METRICS(M) M(WINDOWED, rate, "pps", "Requests answered.")

struct service_metrics {
	SERVICE_METRICS(METRIC_FIELD)
};

struct service {
	struct stage stage;
	struct service_params p;
	struct service_metrics m;
	struct port rx;
	struct cost serve_cost;
};

static TASK(serve)
{
	struct port *port = owner;
	struct service *v = port->owner;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &v->serve_cost));
	windowed_add(&v->m.rate, sim_);
	packet_delivered(port->offered, v->stage.id);
	port->offered = NULL;
	TASK_END;
}

static void service_build(struct stage *s)
{
	struct service *v = (struct service *)s;

	stage_cost(s, &v->serve_cost, &v->p.serve_cost, "serve_cost");
	v->rx = (struct port){.send = serve, .owner = v};
	s->rx = &v->rx;
}

#define SELF struct service_params
static const struct param service_params[] = {SERVICE_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct service_metrics
static const struct metric service_metrics[] = {SERVICE_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type service_type = {
	.name = "service",
	.doc = "Answers requests where they arrive.",
	.size = sizeof(struct service),
	STAGE_ROWS(service),
	.in = PLUG_NONE,
	.out = PLUG_NET,
	.duplex = true,
	.speaks = "requests",
	.home = HOME_GUEST,
	.build = service_build,
};
