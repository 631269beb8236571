/* SPDX-License-Identifier: MIT */
#include "sim/plug.h"

TASK(doorbell_direct)
{
	struct doorbell *bell = owner;

	TASK_BEGIN;
	bell->under_way++;
	CALL(bell->handler->run, bell->handler->owner);
	bell->under_way--;
	TASK_END;
}
