/* SPDX-License-Identifier: MIT */
/* Who lives where: CPUs, domains, and what a stage finds in its guest. */
#include "models/hypervisor/kvm.h"
#include "models/hypervisor/linux.h"
#include "models/hypervisor/mirage.h"
#include "models/hypervisor/qemu.h"
#include "models/hypervisor/vmx.h"
#include "sim/app/world/world_inside.h"

static struct cpu *ideal_cpu(struct sim *sim)
{
	struct cpu *cpu = sim_alloc(sim, sizeof *cpu);

	cpu_init(cpu, sim, NULL);
	return cpu;
}

/* What makes a guest: the stages on its side of the rings find in it where
 * their code runs. */
struct guest_system {
	const struct stage_type *type;
	bool interrupted; /* its domain, on Xen */
	struct executor *(*executor)(struct stage *s);
	struct timer_source *(*timers)(struct stage *s);
	struct softirq *(*softirq)(struct stage *s); /* NULL: it has none */
};

static const struct guest_system systems[] = {
	{&mirage_type, false, mirage_executor, mirage_timers, NULL},
	{&linux_type, true, linux_executor, linux_timers, linux_softirq},
	{&host_stack_type, true, linux_executor, linux_timers, linux_softirq}};

static const struct guest_system *system_of(const struct stage_type *type)
{
	for (unsigned i = 0; i < sizeof systems / sizeof *systems; i++)
		if (systems[i].type == type)
			return &systems[i];
	return NULL;
}

bool world_is_system(const struct stage_type *type)
{
	return system_of(type) != NULL;
}

static bool leaves_guest(enum plug plug)
{
	return plug == PLUG_RING || plug == PLUG_VIF || plug == PLUG_LINK ||
	       plug == PLUG_PCI || plug == PLUG_NONE;
}

/* The system of the guest that stage i of the path is in; the stage itself, or
 * its neighbour. 0: there is none. */
static unsigned system_around(const struct world *w, unsigned i)
{
	const struct stage_conf *s = w->sc->stages;
	unsigned from = i, to = i;

	while (from > 1 && !leaves_guest(stage_begins(&s[from])))
		from--;
	while (to < w->sc->n_path && !leaves_guest(stage_ends(&s[to])))
		to++;
	for (unsigned k = from; k <= to; k++)
		if (system_of(s[k].type))
			return k;
	return 0;
}

/* The system was built before. */
static void live_with(struct stage *s, struct stage *host)
{
	const struct guest_system *system = system_of(host->type);

	s->domain = host->domain;
	s->cpu = host->cpu;
	s->executor = system->executor(host);
	s->timers = system->timers(host);
	if (system->softirq)
		s->softirq = system->softirq(host);
}

/* A guest on KVM: one vCPU. A guest on Xen: a domain with one. */
static void found_guest(struct world *w, struct stage *s)
{
	const struct guest_system *system = system_of(s->type);

	if (w->xen) {
		s->domain = xen_domain(w->xen, s->name, 1,
				       !system || system->interrupted);
		s->cpu = &s->domain->vcpus[0].cpu;
		return;
	}
	if (!w->vcpu) {
		w->vcpu = kvm_cpu(w->kvm);
		if (w->vmx)
			vmx_begin(w->vmx, w->vcpu);
	}
	s->cpu = w->vcpu;
	if (w->vmx)
		s->softirq = vmx_softirq(w->vmx);
}

static void live_in_guest(struct world *w, unsigned i, struct stage *s)
{
	unsigned k = system_around(w, i);

	if (k && k != i)
		live_with(s, w->stages[k]);
	else
		found_guest(w, s);
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
	if (!s->type->threaded)
		s->softirq = xen_softirq(w->xen, vcpu);
}

void world_house(struct world *w, unsigned i, struct stage *s)
{
	switch (s->type->home) {
	case HOME_GUEST:
		live_in_guest(w, i, s);
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
