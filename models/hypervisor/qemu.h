/* SPDX-License-Identifier: MIT */
/*
 * QEMU's main loop thread ("iothread" in the mails of 2013) and its big lock.
 *
 *	sleep:	drop the lock, poll all file descriptors and timers, wait
 *		take the lock
 *	turn:	run what is due: handlers, timers, bottom halves
 *		nothing was scheduled meanwhile? sleep
 *		else poll without waiting, keep the lock, another turn
 *
 * Going round costs one `pass` (an eventfd written, a poll over all
 * descriptors, the eventfd read): this is the length of one "retry" of the
 * patch. The loop keeps the lock meanwhile, so a bottom half that re-schedules
 * itself shuts out every exit to user space; the rule that drops the lock after
 * 1000 turns came in April 2013. What lies between a wake-up and the first
 * handler is part of kvm.wake, not another pass: the poll has been done.
 *
 * Timers. The alarm timer is re-armed for at least `timer_clamp` (250 us,
 * MIN_TIMER_REARM_NS in qemu-timer.c of early 2013), and its signal takes
 * `timer_latency` more. A timer that is due earlier fires early only if
 * something else makes the loop turn. To cancel a timer leaves the alarm
 * running, and a running alarm that comes first is not moved: a timer that was
 * cancelled and armed anew finds it a little early, and then waits for the
 * clamp once more, unless the signal was late enough.
 */
#ifndef HYPERVISOR_QEMU_H
#define HYPERVISOR_QEMU_H

#include "sim/stage.h"

struct executor *qemu_executor(struct stage *qemu);
struct timer_source *qemu_timers(struct stage *qemu);
struct lock *qemu_big_lock(struct stage *qemu);

extern const struct stage_type qemu_type;

#endif
