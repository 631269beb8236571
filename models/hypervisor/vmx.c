/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/vmx_inside.h"

static struct counter *counter_of(struct vmx *v, enum exit_type type)
{
	struct counter *const all[NUM_EXITS] = {
		[EXIT_HYPERCALL] = &v->m.hypercalls,
		[EXIT_PIO] = &v->m.pios,
		[EXIT_MMIO] = &v->m.mmios,
		[EXIT_EOI] = &v->m.eois,
		[EXIT_ISR_READ] = &v->m.isr_reads,
		[EXIT_WINDOW] = &v->m.windows,
		[EXIT_KICK] = &v->m.kicks,
		[EXIT_HALT] = &v->m.halts,
	};

	return all[type];
}

sim_time vmx_exit(struct vmx *v, enum exit_type type)
{
	counter_add(counter_of(v, type), 1);
	counter_add(&v->m.exits, 1);
	return cost_draw(v->stage.sim, &v->cost[type]);
}

void vmx_begin(struct stage *vmx, struct cpu *vcpu)
{
	struct vmx *v = (struct vmx *)vmx;

	v->vcpu = vcpu;
	vmx_irq_begin(v);
	net_rx_init(&v->net_rx, vcpu,
		    &SOFTIRQ_CONF(&v->p, &v->m, &v->softirq_cost), "softirq");
}

struct softirq *vmx_softirq(struct stage *vmx)
{
	return &((struct vmx *)vmx)->net_rx.softirq;
}

static void vmx_build(struct stage *s)
{
	struct vmx *v = (struct vmx *)s;
	struct cost *c = v->cost;

	stage_cost(s, &c[EXIT_HYPERCALL], &v->p.hypercall, "hypercall");
	stage_cost(s, &c[EXIT_PIO], &v->p.pio, "pio");
	stage_cost(s, &c[EXIT_MMIO], &v->p.mmio, "mmio");
	stage_cost(s, &c[EXIT_EOI], &v->p.eoi, "eoi");
	stage_cost(s, &c[EXIT_ISR_READ], &v->p.isr_read, "isr_read");
	stage_cost(s, &c[EXIT_WINDOW], &v->p.window, "window");
	stage_cost(s, &c[EXIT_KICK], &v->p.kick, "kick");
	stage_cost(s, &c[EXIT_HALT], &v->p.halt, "halt");
	stage_cost(s, &v->user, &v->p.user, "user");
	stage_cost(s, &v->deliver, &v->p.deliver, "deliver");
	stage_cost(s, &v->inject, &v->p.inject, "inject");
	stage_cost(s, &v->inject_user, &v->p.inject_user, "inject_user");
	stage_cost(s, &v->softirq_cost, &v->p.softirq_cost, "softirq_cost");
}

static void vmx_start(struct stage *s)
{
	struct vmx *v = (struct vmx *)s;

	net_rx_start(&v->net_rx);
	task_start(&v->task);
}

static double share(const struct vmx *v, const struct cost_spec *spec,
		    const struct counter *c)
{
	return (double)c->n * (double)spec->mean / (double)v->stage.measure;
}

static void vmx_finish(struct stage *s)
{
	struct vmx *v = (struct vmx *)s;
	struct vmx_metrics *m = &v->m;

	m->hypercall_share = share(v, &v->p.hypercall, &m->hypercalls);
	m->pio_share = share(v, &v->p.pio, &m->pios);
	m->mmio_share = share(v, &v->p.mmio, &m->mmios);
	m->eoi_share = share(v, &v->p.eoi, &m->eois);
	m->isr_read_share = share(v, &v->p.isr_read, &m->isr_reads);
	m->window_share = share(v, &v->p.window, &m->windows);
	m->kick_share = share(v, &v->p.kick, &m->kicks);
	m->halt_share = share(v, &v->p.halt, &m->halts);
	m->exit_share = m->hypercall_share + m->pio_share + m->mmio_share +
			m->eoi_share + m->isr_read_share + m->window_share +
			m->kick_share + m->halt_share;
	m->busy = (double)cpu_busy(v->vcpu) / (double)s->measure;
}

#define SELF struct vmx_params
static const struct param vmx_params[] = {VMX_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct vmx_metrics
static const struct metric vmx_metrics[] = {VMX_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type vmx_type = {
	.name = "vmx",
	.doc = "A vCPU under VT-x as of 2009, by type of exit, and the "
	       "softirqs "
	       "on it.",
	.size = sizeof(struct vmx),
	STAGE_ROWS(vmx),
	.home = HOME_MACHINE,
	.build = vmx_build,
	.start = vmx_start,
	.finish = vmx_finish,
};
