/* SPDX-License-Identifier: MIT */
/*
 * The connections of a stage. One is found without looking; of several a
 * segment's number says whose it is, as its port does in a real one.
 */
#include "models/tcp/endpoint.h"
#include "models/tcp/image.h"
#include "models/tcp/ns3_end.h"

const char *endpoint_name(const struct endpoint *e, const char *what)
{
	const struct stage *s = e->stage;

	if (e->of->n == 1)
		return stage_part(s, what);
	return sim_format(s->sim, "%s.%s[%u]", s->name, what, e->number + 1);
}

uint16_t endpoint_owner(const struct endpoint *e, const char *what)
{
	return sim_owner(e->stage->sim, endpoint_name(e, what));
}

static TASK(find_receiver)
{
	struct port *port = owner;
	struct endpoints *es = port->owner;

	TASK_BEGIN;
	es->receiving = &es->all[segment_of(port->offered)->flow];
	es->receiving->rx.offered = port->offered;
	port->offered = NULL;
	CALL(es->receiving->rx.send, &es->receiving->rx);
	TASK_END;
}

static void build_costs(struct endpoints *es, const struct endpoint_params *p)
{
	struct stage *s = es->stage;

	stage_cost(s, &es->write_cost, &p->write_cost, "write_cost");
	stage_cost(s, &es->fill_cost, &p->fill_cost, "fill_cost");
	stage_cost(s, &es->copy_cost, &p->copy_cost, "copy_cost");
	stage_cost(s, &es->window_cost, &p->window_cost, "window_cost");
	stage_cost(s, &es->log_cost, &p->log_cost, "log_cost");
	es->writes =
		p->write_cost.mean + p->fill_cost.mean + p->copy_cost.mean > 0;
}

static struct endpoint one_of(struct endpoints *es,
			      const struct endpoint_params *p)
{
	return (struct endpoint){.of = es,
				 .stage = es->stage,
				 .m = es->m,
				 .logs = p->log_cost.mean > 0,
				 .piecewise = p->piecewise,
				 .softirq = p->softirq,
				 .turns = p->window_cost.mean > 0,
				 .write_size = (uint64_t)p->write_size};
}

static void build_all(struct endpoints *es, const struct endpoint_params *p)
{
	struct tcp_conf conf = tcp_conf_of(&p->tcp);

	conf.overfills = p->piecewise;
	conf.keeps_arrived = es->keeps_arrived;
	es->n = tcp_streams(es->stage);
	es->all = sim_alloc(es->stage->sim, es->n * sizeof *es->all);
	for (unsigned i = 0; i < es->n; i++) {
		es->all[i] = one_of(es, p);
		es->all[i].number = i;
		endpoint_build(&es->all[i], &conf);
	}
}

/* Linux has no threads that a segment must wake before it is answered. */
static const char *habits_advice(const struct stage *s,
				 const struct endpoint_params *p)
{
	return s->softirq && !p->softirq
		       ? "it stands above linux, but has Mirage's habits; "
			 "include machines/linux-tcp.yaml for Linux's"
		       : NULL;
}

void endpoints_build(struct endpoints *es, struct stage *s,
		     const struct endpoint_params *p,
		     struct endpoint_metrics *m)
{
	es->stage = s;
	es->m = m;
	es->pool.sim = s->sim;
	es->pool.image = &segment_image;
	s->pools = &es->pool;
	s->advice = habits_advice(s, p);
	es->timestamps = p->tcp.timestamps;
	build_costs(es, p);
	if (tcp_is_ns3s(s))
		es->ns3 = ns3_end_host(s, (unsigned)p->tcp.txqueuelen);
	build_all(es, p);
	es->rx = (struct port){.send = find_receiver, .owner = es};
	s->rx = es->n == 1 ? &es->all->rx : &es->rx;
}

void endpoints_start(struct endpoints *es)
{
	for (unsigned i = 0; i < es->n; i++)
		endpoint_start(&es->all[i]);
}

void endpoints_finish(struct endpoints *es)
{
	es->m->aborted = 0;
	for (unsigned i = 0; i < es->n; i++)
		es->m->aborted += es->all[i].conn.aborted;
}

/* What is on offer to the stage is counted by who offers it. */
uint64_t endpoints_inside(const struct endpoints *es)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < es->n; i++) {
		n += endpoint_inside(&es->all[i]);
		n += es->n > 1 && es->all[i].rx.offered;
	}
	return n;
}
