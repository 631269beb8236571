/* SPDX-License-Identifier: MIT */
/* Kicks of a vCPU under VT-x: the ways in which a guest rings a doorbell. */
#include "models/hypervisor/vmx_inside.h"

struct vmx_kick {
	struct vmx *vmx;
	enum exit_type type;
	struct executor *executor; /* ioeventfd */
	struct lock *big_lock;	   /* user space */
	sim_time way_back;
	uint8_t level; /* of who rings, before the exit */
};

/* Decoded in the host's kernel; the handler runs in the exit, or is queued. */
static TASK(ring_in_kernel)
{
	struct doorbell *bell = owner;
	struct vmx_kick *k = bell->owner;

	TASK_BEGIN;
	bell->under_way++;
	k->level = me->level;
	LEVEL(LEVEL_EXIT);
	SPEND(vmx_exit(k->vmx, k->type));
	if (k->executor)
		k->executor->queue(k->executor, bell->handler);
	else
		CALL(bell->handler->run, bell->handler->owner);
	bell->under_way--;
	LEVEL(k->level);
	TASK_END;
}

static TASK(ring_in_user)
{
	struct doorbell *bell = owner;
	struct vmx_kick *k = bell->owner;

	TASK_BEGIN;
	bell->under_way++;
	k->level = me->level;
	LEVEL(LEVEL_EXIT);
	k->way_back = cost_draw(sim_, &k->vmx->user) / 2;
	SPEND(vmx_exit(k->vmx, k->type) + k->way_back);
	LOCK(k->big_lock);
	CALL(bell->handler->run, bell->handler->owner);
	bell->under_way--;
	UNLOCK(k->big_lock);
	SPEND(k->way_back);
	LEVEL(k->level);
	TASK_END;
}

static bool queued_coming(const struct doorbell *bell)
{
	return bell->handler->queued;
}

void vmx_kick(struct stage *vmx, struct doorbell *bell, enum kick_way way,
	      struct executor *ex, struct lock *big_lock)
{
	static const enum exit_type types[] = {[KICK_PIO] = EXIT_PIO,
					       [KICK_MMIO] = EXIT_MMIO,
					       [KICK_HYPERCALL] =
						       EXIT_HYPERCALL};
	struct vmx_kick *k = sim_alloc(vmx->sim, sizeof *k);

	k->vmx = (struct vmx *)vmx;
	k->type = types[way];
	k->executor = ex;
	k->big_lock = big_lock;
	bell->owner = k;
	bell->ring = big_lock ? ring_in_user : ring_in_kernel;
	if (ex && !big_lock)
		bell->coming = queued_coming;
}
