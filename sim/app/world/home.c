/* SPDX-License-Identifier: MIT */
/* Who lives where: CPUs, domains, and what a stage finds in its guest. */
#include "models/hypervisor/kvm.h"
#include "models/hypervisor/mirage.h"
#include "models/hypervisor/qemu.h"
#include "sim/app/world/world_inside.h"

static struct cpu *ideal_cpu(struct sim *sim)
{
	struct cpu *cpu = sim_alloc(sim, sizeof *cpu);

	cpu_init(cpu, sim, NULL);
	return cpu;
}

/* A guest on KVM: one vCPU. */
static void live_on_kvm(struct world *w, struct stage *s)
{
	if (!w->vcpu)
		w->vcpu = kvm_cpu(w->kvm);
	s->cpu = w->vcpu;
}

static bool leaves_guest(enum plug plug)
{
	return plug == PLUG_RING || plug == PLUG_VIF || plug == PLUG_LINK;
}

/* The unikernel in whose guest stage i of the path is; the stage itself, or its
 * neighbour. 0: there is none. */
static unsigned unikernel_of(const struct world *w, unsigned i)
{
	const struct stage_conf *s = w->sc->stages;
	unsigned from = i, to = i;

	while (from > 1 && !leaves_guest(stage_begins(&s[from])))
		from--;
	while (to < w->sc->n_path && !leaves_guest(stage_ends(&s[to])))
		to++;
	for (unsigned k = from; k <= to; k++)
		if (s[k].type == &mirage_type)
			return k;
	return 0;
}

/* A guest on Xen: a domain with a unikernel in it, which was built before. */
static void live_on_xen(struct world *w, unsigned i, struct stage *s)
{
	unsigned k = unikernel_of(w, i);

	if (k == i) {
		s->domain = xen_domain(w->xen, s->name, 1, false);
	} else if (k) {
		s->domain = w->stages[k]->domain;
		s->executor = mirage_executor(w->stages[k]);
		s->timers = mirage_timers(w->stages[k]);
	} else {
		s->domain = xen_domain(w->xen, s->name, 1, true);
	}
	s->cpu = &s->domain->vcpus[0].cpu;
}

static void **commons_of(struct world *w, const struct stage_type *type,
			 unsigned vcpu)
{
	struct commons *c;

	for (c = w->commons; c < w->commons + w->n_commons; c++)
		if (c->type == type && c->vcpu == vcpu)
			return &c->what;
	c->type = type;
	c->vcpu = vcpu;
	w->n_commons++;
	return &c->what;
}

/* Each on the CPU with the fewest, which is the next one. */
static void live_in_dom0(struct world *w, struct stage *s)
{
	unsigned vcpu;

	if (!w->dom0)
		w->dom0 = xen_dom0(w->xen);
	vcpu = w->next_vcpu++ % w->dom0->n_vcpus;
	s->domain = w->dom0;
	s->cpu = &w->dom0->vcpus[vcpu].cpu;
	s->commons = commons_of(w, s->type, vcpu);
}

void world_house(struct world *w, unsigned i, struct stage *s)
{
	switch (s->type->home) {
	case HOME_GUEST:
		if (w->xen)
			live_on_xen(w, i, s);
		else
			live_on_kvm(w, s);
		return;
	case HOME_QEMU:
		s->cpu = w->qemu->cpu;
		s->executor = qemu_executor(w->qemu);
		s->timers = qemu_timers(w->qemu);
		return;
	case HOME_KTHREAD:
		s->cpu = kvm_cpu(w->kvm);
		return;
	case HOME_DOM0:
		live_in_dom0(w, s);
		return;
	case HOME_OWN:
		s->cpu = ideal_cpu(w->sim);
		return;
	case HOME_MACHINE:
		s->cpu = w->kvm ? kvm_cpu(w->kvm) : NULL;
		return;
	case HOME_NONE:
		return;
	}
}
