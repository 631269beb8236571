/* SPDX-License-Identifier: MIT */
#include "sim/plug.h"

TASK(doorbell_direct)
{
	struct doorbell *bell = owner;

	TASK_BEGIN;
	CALL(bell->handler->run, bell->handler->owner);
	TASK_END;
}
