/* SPDX-License-Identifier: MIT */
/*
 * The saturated bottom half (S1.bh): ringsim with all its metrics against a
 * loop by hand that makes the same draws.
 *
 * The loop knows what the scenario can come to: a guest that publishes and
 * kicks, QEMU's main loop that flushes, passes and sleeps, the big lock, and
 * the interrupt that a stale used index brings once in 65536 packets. The queue
 * never stops at these costs, which is checked and not handled. Each side has a
 * time at which it acts next and a place where it is; who is due first acts.
 */
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/subject.h"

#define SEED	1
#define SLOTS	256
#define RESERVE 19
#define BURST	256

enum guest_place { PACKET_DONE, AT_LOCK, WAITS_FOR_LOCK, HAS_LOCK, EXIT_DONE };

enum host_place { ASLEEP, WOKEN, MOVED_ONE, INJECTED, PASSED };

struct bh {
	/* The clock and the streams; the loop uses nothing else of it. */
	struct sim *sim;
	struct cost packet, move, exit, wake, pass, inject, irq, eoi;

	sim_time guest_at;
	sim_time way_back;
	sim_time interrupted; /* by an interrupt that awaits the exit's end */
	enum guest_place guest;
	uint16_t added, reaped;

	sim_time host_at;
	enum host_place host;
	bool scheduled;	 /* the bottom half */
	bool last_flush; /* notifications are on: the second look */
	unsigned flushed;
	uint16_t taken, returned;

	bool locked;
	uint16_t avail_event, used_event;

	uint64_t packets, kicks, passes, calls; /* taken, arrived, … */
};

static sim_time draw(struct bh *b, struct cost *c, sim_time now)
{
	b->sim->now = now;
	return cost_draw(b->sim, c);
}

/* --- the guest --- */

static void next_packet(struct bh *b)
{
	b->reaped = b->returned;
	b->guest_at += draw(b, &b->packet, b->guest_at);
	b->guest = PACKET_DONE;
}

static void publish(struct bh *b)
{
	if (b->added++ != b->avail_event) {
		if ((uint16_t)(b->added - b->reaped) > SLOTS - RESERVE)
			abort();
		next_packet(b);
		return;
	}
	b->way_back = draw(b, &b->exit, b->guest_at) / 2;
	b->guest_at += b->way_back;
	b->guest = AT_LOCK;
}

static void handle_kick(struct bh *b)
{
	b->kicks++;
	if (!b->scheduled) {
		b->scheduled = true;
		b->host_at = b->guest_at + draw(b, &b->wake, b->guest_at);
		b->host = WOKEN;
	}
	b->locked = false;
	b->guest_at += b->way_back;
	b->guest = EXIT_DONE;
}

static void guest_acts(struct bh *b)
{
	switch (b->guest) {
	case PACKET_DONE:
		publish(b);
		return;
	case AT_LOCK:
		if (b->locked) {
			b->guest = WAITS_FOR_LOCK;
			b->guest_at = SIM_NEVER;
			return;
		}
		handle_kick(b);
		return;
	case HAS_LOCK:
		handle_kick(b);
		return;
	case EXIT_DONE:
		b->guest_at += b->interrupted;
		b->interrupted = 0;
		next_packet(b);
		return;
	case WAITS_FOR_LOCK:
		return;
	}
}

static void interrupt_guest(struct bh *b)
{
	sim_time takes =
		draw(b, &b->irq, b->host_at) + draw(b, &b->eoi, b->host_at);

	b->calls++;
	if (b->guest == PACKET_DONE)
		b->guest_at += takes;
	else
		b->interrupted += takes;
}

/* --- the host --- */

static void unlock_and_sleep(struct bh *b)
{
	b->locked = false;
	if (b->guest == WAITS_FOR_LOCK) {
		b->locked = true;
		b->guest = HAS_LOCK;
		b->guest_at = b->host_at + draw(b, &b->wake, b->host_at);
	}
	b->host = ASLEEP;
	b->host_at = SIM_NEVER;
}

static void pass(struct bh *b)
{
	b->passes++;
	b->scheduled = true;
	b->host_at += draw(b, &b->pass, b->host_at);
	b->host = PASSED;
}

/* One more packet, or the end of a flush. */
static void flush(struct bh *b)
{
	for (;;) {
		if (b->flushed < BURST && b->added != b->taken) {
			b->taken++;
			b->packets++;
			if (b->last_flush)
				b->avail_event = b->added;
			b->host_at += draw(b, &b->move, b->host_at);
			b->host = MOVED_ONE;
			return;
		}
		if (b->last_flush || b->flushed == BURST)
			break;
		b->last_flush = true;
		b->avail_event = b->added;
		b->flushed = 0;
	}
	if (b->flushed == 0)
		unlock_and_sleep(b);
	else
		pass(b);
}

static void bottom_half(struct bh *b)
{
	b->locked = true;
	b->scheduled = false;
	b->last_flush = false;
	b->flushed = 0;
	flush(b);
}

static void host_acts(struct bh *b)
{
	switch (b->host) {
	case WOKEN:
	case PASSED:
		bottom_half(b);
		return;
	case MOVED_ONE:
		b->flushed++;
		if (b->returned++ == b->used_event) {
			b->host_at += draw(b, &b->inject, b->host_at);
			b->host = INJECTED;
			return;
		}
		flush(b);
		return;
	case INJECTED:
		interrupt_guest(b);
		flush(b);
		return;
	case ASLEEP:
		return;
	}
}

static void run_by_hand(struct bh *b, sim_time end)
{
	next_packet(b);
	for (;;) {
		if (b->guest_at <= b->host_at) {
			if (b->guest_at >= end)
				return;
			guest_acts(b);
		} else {
			if (b->host_at >= end)
				return;
			host_acts(b);
		}
	}
}

static void bh_init(struct bh *b, const struct subject *s)
{
	*b = (struct bh){.sim = sim_new(1 << 24, SEED), .host_at = SIM_NEVER};
	subject_cost(s, b->sim, "guest", "packet_cost", &b->packet);
	subject_cost(s, b->sim, "host", "packet_cost", &b->move);
	subject_cost(s, b->sim, "kvm", "heavy_exit", &b->exit);
	subject_cost(s, b->sim, "kvm", "wake", &b->wake);
	subject_cost(s, b->sim, "kvm", "inject", &b->inject);
	subject_cost(s, b->sim, "kvm", "irq", &b->irq);
	subject_cost(s, b->sim, "kvm", "eoi", &b->eoi);
	subject_cost(s, b->sim, "qemu", "pass", &b->pass);
	b->host = ASLEEP;
}

static void must_be_same(const struct subject *s, const struct bh *b)
{
	must_agree("packets", subject_value(s, "host.packets"),
		   (double)b->packets, 0);
	must_agree("kicks", subject_value(s, "host.kicks"), (double)b->kicks,
		   0);
	must_agree("passes", subject_value(s, "qemu.passes"), (double)b->passes,
		   0);
	must_agree("interrupts", subject_value(s, "kvm.interrupts"),
		   (double)b->calls, 0);
}

int main(int argc, char **argv)
{
	struct subject s;
	struct bh b;
	double begin;

	if (argc != 2)
		return 2;
	subject_load(&s, argv[1], NULL, 0);
	bh_init(&b, &s);
	begin = cpu_ns();
	run_by_hand(&b, subject_measure(&s));
	sample("bh", "by-hand", begin, b.packets);
	begin = cpu_ns();
	subject_run(&s, SEED);
	sample("bh", "ringsim", begin, b.packets);
	must_be_same(&s, &b);
	printf("# bh: %lu packets, %lu kicks, trace %016lx\n",
	       (unsigned long)b.packets, (unsigned long)b.kicks,
	       (unsigned long)s.out.trace_hash);
	sim_free(b.sim);
	subject_free(&s);
	return 0;
}
