/* SPDX-License-Identifier: MIT */
/*
 * A vif in the contexts of others: the interrupt handler of the guest's kicks,
 * and the guest's calls.
 *
 * One event channel serves both rings: a kick may mean requests, or buffers.
 */
#include "models/ring/netback.h"

TASK(netback_call)
{
	struct netback *v = owner;
	struct doorbell *call = &v->back.call;

	TASK_BEGIN;
	counter_add(&v->m.calls, 1);
	CALL(call->ring, call);
	TASK_END;
}

/* xenvif_interrupt() */
TASK(netback_on_kick)
{
	struct netback *v = owner;

	TASK_BEGIN;
	counter_add(&v->m.kicks, 1);
	counter_add(&v->m.wasted_kicks, v->listed);
	netback_schedule(v, "a kick");
	CALL(vif_kicked, &v->vif);
	TASK_END;
}
