/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/kvm.h"

#define KVM_PARAMS(P)                                                          \
	P(COST, heavy_exit, "6us", "0ns", "1ms", "guess",                      \
	  "A kick through QEMU without ioeventfd: out to user space and "      \
	  "back, without the handler and without waiting for the big lock.")   \
	P(COST, light_exit, "2us", "0ns", "1ms", "guess",                      \
	  "A kick through ioeventfd, with the wake-up of the poller that "     \
	  "the vCPU pays for.")                                                \
	P(COST, wake, "3us", "0ns", "10ms", "guess",                           \
	  "From making a sleeping host thread runnable (main loop, vhost "     \
	  "worker, halted or lock-waiting vCPU) to its running.")              \
	P(COST, inject, "1us", "0ns", "1ms", "guess",                          \
	  "What injecting an interrupt takes of the host thread.")             \
	P(COST, irq, "1us", "0ns", "1ms", "guess",                             \
	  "Exit, entry and the guest's way to its interrupt handler.")         \
	P(COST, eoi, "2us", "0ns", "1ms",                                      \
	  "Haskins and Kivity, AlacrityVM thread, LKML, Dec 2009: an EOI "     \
	  "exit takes 1 to 5 us",                                              \
	  "The exit for the end-of-interrupt.")

struct kvm_params {
	KVM_PARAMS(PARAM_FIELD)
};

#define KVM_METRICS(M)                                                         \
	M(COUNTER, heavy_exits, "1", "Kicks through user space.")              \
	M(COUNTER, light_exits, "1", "Kicks through ioeventfd.")               \
	M(COUNTER, interrupts, "1", "Interrupts injected.")                    \
	M(COUNTER, eois, "1", "Exits for the end-of-interrupt.")               \
	M(SPAN, lock_wait, "ns",                                               \
	  "How long a vCPU's kick waited for the big lock.")

struct kvm_metrics {
	KVM_METRICS(METRIC_FIELD)
};

struct kvm {
	struct stage stage;
	struct kvm_params p;
	struct kvm_metrics m;
	struct cost heavy_exit, light_exit, wake, inject, irq, eoi;
};

/* A kick line: one vCPU rings it at a time. */
struct kick {
	struct kvm *kvm;
	struct doorbell *bell;
	struct lock *big_lock;	   /* heavy */
	struct executor *executor; /* light */
	sim_time way_back;	   /* the half of the exit still to come */
	sim_time asked;		   /* when it began to wait for the lock */
	uint8_t level;		   /* the vCPU's before the exit */
};

static TASK(ring_heavy)
{
	struct kick *k = ((struct doorbell *)owner)->owner;

	TASK_BEGIN;
	k->bell->under_way++;
	counter_add(&k->kvm->m.heavy_exits, 1);
	k->level = me->level;
	LEVEL(LEVEL_EXIT);
	k->way_back = cost_draw(sim_, &k->kvm->heavy_exit) / 2;
	SPEND(k->way_back);
	k->asked = sim_->now;
	LOCK(k->big_lock);
	span_add(&k->kvm->m.lock_wait, sim_->now - k->asked);
	CALL(k->bell->handler->run, k->bell->handler->owner);
	k->bell->under_way--;
	UNLOCK(k->big_lock);
	SPEND(k->way_back);
	LEVEL(k->level);
	TASK_END;
}

static TASK(ring_light)
{
	struct kick *k = ((struct doorbell *)owner)->owner;

	TASK_BEGIN;
	k->bell->under_way++;
	counter_add(&k->kvm->m.light_exits, 1);
	k->level = me->level;
	LEVEL(LEVEL_EXIT);
	SPEND(cost_draw(sim_, &k->kvm->light_exit));
	k->executor->queue(k->executor, k->bell->handler);
	k->bell->under_way--;
	LEVEL(k->level);
	TASK_END;
}

static struct kick *new_kick(struct stage *s, struct doorbell *bell)
{
	struct kick *k = sim_alloc(s->sim, sizeof *k);

	k->kvm = (struct kvm *)s;
	k->bell = bell;
	bell->owner = k;
	return k;
}

void kvm_kick_heavy(struct stage *kvm, struct doorbell *bell,
		    struct lock *big_lock)
{
	new_kick(kvm, bell)->big_lock = big_lock;
	bell->ring = ring_heavy;
}

/* From here on it is the executor's: a main loop queues the handler; a worker
 * who is woken instead knows that himself. */
static bool light_coming(const struct doorbell *bell)
{
	return bell->handler->queued;
}

void kvm_kick_light(struct stage *kvm, struct doorbell *bell,
		    struct executor *ex)
{
	new_kick(kvm, bell)->executor = ex;
	bell->ring = ring_light;
	bell->coming = light_coming;
}

/* An interrupt line and the guest's side of it, a task that preempts. A line
 * that is raised while its handler runs is delivered once more. */
struct irq {
	struct kvm *kvm;
	struct doorbell *bell;
	struct task task;
	struct signal raised;
	bool handling;
};

static TASK(interrupt)
{
	struct irq *irq = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&irq->raised);
		irq->raised.raised = false;
		irq->handling = true;
		SPEND(cost_draw(sim_, &irq->kvm->irq));
		CALL(irq->bell->handler->run, irq->bell->handler->owner);
		irq->handling = false;
		counter_add(&irq->kvm->m.eois, 1);
		SPEND(cost_draw(sim_, &irq->kvm->eoi));
	}
	TASK_END;
}

static TASK(ring_interrupt)
{
	struct irq *irq = ((struct doorbell *)owner)->owner;

	TASK_BEGIN;
	irq->bell->under_way++;
	SPEND(cost_draw(sim_, &irq->kvm->inject));
	counter_add(&irq->kvm->m.interrupts, 1);
	signal_raise(&irq->raised);
	irq->bell->under_way--;
	TASK_END;
}

static bool interrupt_coming(const struct doorbell *bell)
{
	const struct irq *irq = bell->owner;

	return irq->raised.raised || irq->handling;
}

void kvm_call(struct stage *kvm, struct doorbell *bell, struct cpu *vcpu)
{
	struct irq *irq = sim_alloc(kvm->sim, sizeof *irq);

	irq->kvm = (struct kvm *)kvm;
	irq->bell = bell;
	bell->ring = ring_interrupt;
	bell->coming = interrupt_coming;
	bell->owner = irq;
	task_init(&irq->task, vcpu, LEVEL_IRQ, interrupt, irq,
		  sim_owner(kvm->sim, "interrupt"));
	task_start(&irq->task);
}

struct cpu *kvm_cpu(struct stage *kvm)
{
	struct cpu *cpu = sim_alloc(kvm->sim, sizeof *cpu);

	cpu_init(cpu, kvm->sim, &((struct kvm *)kvm)->wake);
	return cpu;
}

static void kvm_build(struct stage *s)
{
	struct kvm *k = (struct kvm *)s;

	stage_cost(s, &k->heavy_exit, &k->p.heavy_exit, "heavy_exit");
	stage_cost(s, &k->light_exit, &k->p.light_exit, "light_exit");
	stage_cost(s, &k->wake, &k->p.wake, "wake");
	stage_cost(s, &k->inject, &k->p.inject, "inject");
	stage_cost(s, &k->irq, &k->p.irq, "irq");
	stage_cost(s, &k->eoi, &k->p.eoi, "eoi");
}

#define SELF struct kvm_params
static const struct param kvm_params[] = {KVM_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct kvm_metrics
static const struct metric kvm_metrics[] = {KVM_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type kvm_type = {
	.name = "kvm",
	.doc = "KVM: exits, interrupts and wake-ups, with what they cost.",
	.size = sizeof(struct kvm),
	STAGE_ROWS(kvm),
	.home = HOME_MACHINE,
	.build = kvm_build,
};
