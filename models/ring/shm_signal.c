/* SPDX-License-Identifier: MIT */
#include "models/ring/shm_signal.h"

TASK(shm_inject)
{
	struct shm_sender *s = owner;

	TASK_BEGIN;
	STEP();
	shm_mark(s->to);
	shm_fence();
	STEP();
	if (!s->always) {
		if (!shm_is_enabled(s->to))
			TASK_RETURN;
		STEP();
		if (shm_is_pending(s->to))
			TASK_RETURN;
	}
	STEP();
	shm_pend(s->to);
	shm_fence();
	STEP();
	CALL(s->transport, s->transport_arg);
	TASK_END;
}

/* Is there anything to do for who is enabled? */
static bool is_wanted(const struct shm_signal *me)
{
	return shm_is_enabled(me) && (shm_is_dirty(me) || shm_is_pending(me));
}

TASK(shm_wakeup)
{
	struct shm_receiver *r = owner;

	TASK_BEGIN;
	if (r->in_wakeup)
		TASK_RETURN;
	r->in_wakeup = true;
	while (is_wanted(r->me)) {
		do {
			shm_clean(r->me);
			STEP();
			CALL(r->callback, r->arg);
			STEP();
		} while (shm_is_enabled(r->me) && shm_is_dirty(r->me));
		STEP();
		shm_settle(r->me);
		shm_fence();
		STEP();
	}
	r->in_wakeup = false;
	TASK_END;
}

TASK(shm_enable)
{
	struct shm_receiver *r = owner;

	TASK_BEGIN;
	STEP();
	shm_on(r->me);
	shm_fence();
	STEP();
	if ((shm_is_dirty(r->me) || shm_is_pending(r->me)) && !r->in_wakeup)
		r->defer(r);
	TASK_END;
}
