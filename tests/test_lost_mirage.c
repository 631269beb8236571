/* SPDX-License-Identifier: MIT */
/*
 * Is a wakeup lost between two unikernels on Xen, and does the oracle see each
 * that is, at its step, and no other? As test_lost.c does for virtio's drivers:
 * on a machine so slow that races are lost all the time (see the scenarios), in
 * correct versions and in those with one step missing or in the wrong place;
 * and a witness looks on.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/small_world.h"
#include "tests/witness.h"

#include <math.h>

#define TCP	  "mirage"
#define UDP	  "mirage_udp"
#define BOTH(x)	  "sender." x " receiver." x " "
#define NETIFS(x) "tx." x " rx." x " "
#define POLL	  BOTH("loop=poll")
#define OLDEST	  POLL BOTH("waiters=oldest_first")
#define NEWEST	  POLL BOTH("waiters=newest_first")
#define EVENTS	  NETIFS("free_slot_signal=port_event")
#define LOAD                                                                   \
	"xen.scheduler=credit xen.pcpus=2 xen.load_vcpus=4 xen.load_run=1ms "  \
	"xen.load_sleep=5ms "
/* Room for many packets, so that a sender runs on while the host works. */
#define ROOMY "tx.views=1 "

static void run(struct small_world *w, const char *scenario, const char *sets,
		const char *more, uint64_t seed)
{
	char all[1024];

	witness.begun = false;
	snprintf(all, sizeof all, "run.measure=1s %s %s", sets, more);
	small_world_run(w, scenario, all, seed);
}

/* --- correct versions --------------------------------------------------- */

/* Era d is right where the listener signals, or runs first. */
static const struct {
	const char *scenario, *sets;
} correct[] = {
	{TCP, ""},
	{UDP, ""},
	{TCP, OLDEST EVENTS},
	{UDP, OLDEST EVENTS "client.load=even client.offered=5Mbps "},
	{TCP, NEWEST},
	{UDP, NEWEST},
	{TCP, POLL},
	{TCP, EVENTS},
	{UDP, EVENTS ROOMY},
	{TCP, ROOMY},
	{TCP, ROOMY OLDEST EVENTS},
	{TCP, ROOMY "tx.refill_blocks=30% rx.refill_blocks=30% "},
	{TCP, ROOMY NETIFS("refill=last") NETIFS("refill_blocks=30%")},
	{TCP, ROOMY NEWEST NETIFS("refill_blocks=30%")},
	{TCP, NETIFS("era=b")},
	{TCP, NETIFS("era=c")},
	{TCP, NEWEST BOTH("poll_recheck=on")},
	{TCP, "sender.recheck=off receiver.recheck=off "},
};

#define CORRECT (sizeof correct / sizeof *correct)

static void nothing_is_lost(void **state)
{
	struct small_world w = {0};

	(void)state;
	for (unsigned i = 0; i < CORRECT; i++)
		for (unsigned seed = 1; seed <= 4; seed++) {
			run(&w, correct[i].scenario, correct[i].sets,
			    seed % 2 ? "" : LOAD, seed);
			if (w.block->oracle->n)
				fail_msg("%s %s: %s, %s", correct[i].scenario,
					 correct[i].sets,
					 w.block->oracle->stalls->waiter,
					 cause_name(w.block->oracle->stalls
							    ->cause));
		}
	small_world_free(&w);
}

#define RUNS 54 /* of ten minutes in all */

/* From much shorter than a packet's work to longer. */
static const char *const steps[] = {"20us", "3us", "150us"};

static void ten_minutes(void **state)
{
	struct small_world w = {0};
	double slept = 0;
	char more[512];

	(void)state;
	witness.blind = true;
	for (unsigned i = 0; i < RUNS; i++) {
		snprintf(more, sizeof more,
			 "run.measure=11200ms run.step=%s %s",
			 steps[i / CORRECT % 3], i % 2 ? LOAD : "");
		run(&w, correct[i % CORRECT].scenario,
		    correct[i % CORRECT].sets, more, 100 + i);
		assert_int_equal(w.block->oracle->n, 0);
		slept += small_world_number(&w, "sender.sleeps") +
			 small_world_number(&w, "receiver.sleeps");
	}
	print_message("          %.0f sleeps\n", slept);
	assert_true(slept > 5e5);
	witness.blind = false;
	small_world_free(&w);
}

/* --- what a loss must look like ----------------------------------------- */

/* The newest note of that owner that led in; NULL: there is none. */
static const struct record *
last_of(const struct sim *sim, const struct stall *s, const char *who, int what)
{
	for (unsigned i = s->n_events; i > 0; i--) {
		const struct record *r = &s->events[i - 1];

		if (strcmp(sim->owner_names[r->owner], who) == 0 &&
		    (what < 0 || r->what == what))
			return r;
	}
	return NULL;
}

static const struct record *must_have(const struct sim *sim,
				      const struct stall *s, const char *who,
				      int what)
{
	const struct record *r = last_of(sim, s, who, what);

	if (!r)
		fail_msg("%s did not %s", who,
			 note_name((enum note)(what < 0 ? 0 : what)));
	return r;
}

static bool is_sleep(const struct record *r)
{
	return r->what == NOTE_WAIT || r->what == NOTE_SLEEP;
}

/* It asked and waited, and no more; if the host had published and was yet to
 * decide, or others of the guest went on, that came after. */
static void listener_slept(const struct sim *sim, const struct stall *s,
			   const char *netif)
{
	const struct record *own = must_have(sim, s, s->waiter, -1);

	assert_true(is_sleep(own));
	assert_true(must_have(sim, s, netif, NOTE_ARM) < own);
}

static void tx_listener_slept(const struct sim *sim, const struct stall *s)
{
	listener_slept(sim, s, "tx");
}

static void rx_listener_slept(const struct sim *sim, const struct stall *s)
{
	listener_slept(sim, s, "rx");
}

/* It asked for a kick and did not look again. */
static void vif_slept(const struct sim *sim, const struct stall *s)
{
	assert_int_equal(must_have(sim, s, "vif1", -1)->what, NOTE_ARM);
	must_have(sim, s, "tx", NOTE_PUT);
}

/* An event was cleared, the writer waited again, the listener reaped: the last
 * thing it does is to ask. */
static void woken_too_early(const struct sim *sim, const struct stall *s)
{
	const struct record *clear = must_have(sim, s, "sender", NOTE_CLEAR);
	const struct record *wait = must_have(sim, s, "tx.writer", NOTE_WAIT);
	const struct record *reap = must_have(sim, s, "tx", NOTE_ARM);

	assert_true(clear < wait && wait < reap);
	assert_ptr_equal(reap, &s->events[s->n_events - 1]);
}

/* The pending bit was cleared while the listener slept, or before it fell
 * asleep, and it was not woken. (By then the host may be about to decide
 * again.) */
static void cleared(const struct sim *sim, const struct stall *s,
		    const char *mirage)
{
	const struct record *clear = must_have(sim, s, mirage, NOTE_CLEAR);
	const struct record *pending = must_have(sim, s, mirage, NOTE_PENDING);

	assert_true(is_sleep(must_have(sim, s, s->waiter, -1)));
	assert_true(pending < clear);
}

static void cleared_by_sender(const struct sim *sim, const struct stall *s)
{
	cleared(sim, s, "sender");
}

static void cleared_by_receiver(const struct sim *sim, const struct stall *s)
{
	cleared(sim, s, "receiver");
}

/* While the listener was away, after it had asked; and then it waited. */
static void found_nobody(const struct sim *sim, const struct stall *s)
{
	const struct record *nobody = must_have(sim, s, "sender", NOTE_NOBODY);

	assert_true(must_have(sim, s, "tx", NOTE_ARM) < nobody);
	assert_true(nobody < must_have(sim, s, "tx.listener", NOTE_WAIT));
}

/* The same, but the writer took it. */
static void taken_by_writer(const struct sim *sim, const struct stall *s)
{
	const struct record *clear = must_have(sim, s, "sender", NOTE_CLEAR);

	assert_true(must_have(sim, s, "tx", NOTE_ARM) < clear);
	assert_true(clear < must_have(sim, s, "tx.listener", NOTE_WAIT));
}

/* Seen, and there is no entry for it. */
static void beyond_the_table(const struct sim *sim, const struct stall *s)
{
	const struct record *nobody = must_have(sim, s, "sender", NOTE_NOBODY);

	assert_true(must_have(sim, s, "sender", NOTE_PENDING) < nobody);
}

/* It became pending, and that was that. */
static void pending_unseen(const struct sim *sim, const struct stall *s)
{
	const struct record *r = last_of(sim, s, "sender", NOTE_PENDING);
	const struct record *merged = last_of(sim, s, "sender", NOTE_MERGED);
	const struct record *clear = last_of(sim, s, "sender", NOTE_CLEAR);

	if (merged > r)
		r = merged;
	assert_non_null(r);
	assert_true(!clear || clear < r);
}

/* --- versions with a fault ---------------------------------------------- */

struct fault {
	const char *name, *scenario, *sets;
	const char *waiter;
	enum cause cause;
	void (*check)(const struct sim *sim, const struct stall *s);
};

#define NO_WAKE_ALL NEWEST BOTH("wake_all=off")
#define LAST	    "refill=last tx.refill_blocks=30% tx.refill_wait=500us "

static const struct fault faults[] = {
	{"no second look at either ring", TCP, "tx.recheck=off", "tx.listener",
	 CAUSE_NO_RECHECK, tx_listener_slept},
	{"the same, much room", TCP, ROOMY "tx.recheck=off", "tx.listener",
	 CAUSE_NO_RECHECK, tx_listener_slept},
	{"the same, old waiters", TCP, ROOMY OLDEST "tx.recheck=off",
	 "tx.listener", CAUSE_NO_RECHECK, tx_listener_slept},
	{"the same of the receiver", TCP, ROOMY "rx.recheck=off", "rx.listener",
	 CAUSE_NO_RECHECK, rx_listener_slept},
	{"the same, datagrams", UDP, "rx.recheck=off run.measure=20s",
	 "rx.listener", CAUSE_NO_RECHECK, rx_listener_slept},
	{"netback does not look again", TCP,
	 ROOMY "vif1.recheck=off client.window=32KiB", "vif1.tx",
	 CAUSE_NO_RECHECK, vif_slept},
	{"the same, datagrams", UDP, ROOMY "vif1.recheck=off", "vif1.tx",
	 CAUSE_NO_RECHECK, vif_slept},
	{"the newest first", TCP, NEWEST EVENTS, "tx.writer", CAUSE_EARLY,
	 woken_too_early},
	{"the same, datagrams", UDP, NEWEST EVENTS, "tx.writer", CAUSE_EARLY,
	 woken_too_early},
	{"the same with block", TCP, EVENTS BOTH("waiters=newest_first"),
	 "tx.writer", CAUSE_EARLY, woken_too_early},
	{"upcalls clear the bit", TCP, POLL "sender.upcalls=taken",
	 "tx.listener", CAUSE_CONSUMED, cleared_by_sender},
	{"the same, old waiters", TCP, NEWEST "sender.upcalls=taken",
	 "tx.listener", CAUSE_CONSUMED, cleared_by_sender},
	{"the same, oldest first", TCP, OLDEST "sender.upcalls=taken",
	 "tx.listener", CAUSE_CONSUMED, cleared_by_sender},
	{"the same at the receiver", TCP, POLL "receiver.upcalls=taken",
	 "rx.listener", CAUSE_CONSUMED, cleared_by_receiver},
	{"refill last", TCP, NO_WAKE_ALL "tx." LAST, "tx.listener",
	 CAUSE_NOBODY, found_nobody},
	{"a port beyond the table", TCP, "sender.port_table=3", "tx.listener",
	 CAUSE_NOBODY, beyond_the_table},
	{"the same, old waiters", TCP, NEWEST "sender.port_table=3",
	 "tx.listener", CAUSE_NOBODY, beyond_the_table},
	{"a port that is not polled", TCP, POLL "sender.poll_ports=2",
	 "tx.listener", CAUSE_MASKED, pending_unseen},
	{"a masked port", TCP, "sender.mask=on", "tx.listener", CAUSE_MASKED,
	 pending_unseen},
	{"a masked port, polled, counted", TCP, POLL "sender.mask=on",
	 "tx.listener", CAUSE_MASKED, pending_unseen},
	{"Xen does not wake the poller", TCP,
	 POLL "xen.unmasked_wakes_poller=off", NULL, CAUSE_NOBODY, NULL},
};

#define FAULTS (sizeof faults / sizeof *faults)

static void must_be(const struct fault *f, const struct sim *sim,
		    const struct stall *s)
{
	if (f->waiter && strcmp(s->waiter, f->waiter) != 0)
		fail_msg("%s: %s was lost", f->name, s->waiter);
	if (s->cause != f->cause)
		fail_msg("%s: %s", f->name, cause_name(s->cause));
	assert_true(s->n_events > 0 && s->end > s->start);
	if (f->check)
		f->check(sim, s);
}

static void each_fault_is_seen(void **state)
{
	struct small_world w = {0};

	(void)state;
	for (const struct fault *f = faults; f < faults + FAULTS; f++) {
		unsigned n = 0;

		for (unsigned seed = 1; seed <= 4; seed++) {
			const struct oracle *o;

			run(&w, f->scenario, f->sets, "", seed);
			o = w.block->oracle;
			for (unsigned i = 0; i < o->n_stalls; i++)
				must_be(f, w.block, &o->stalls[i]);
			n += o->n_stalls;
		}
		if (n == 0)
			fail_msg("%s: nothing was lost", f->name);
	}
	small_world_free(&w);
}

/* Of a listener that refills last, as long as it waits for a grant, a writer
 * who waits for the same event takes it. */
static void an_event_for_another(void **state)
{
	struct small_world w = {0};
	unsigned n = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 4; seed++) {
		const struct oracle *o;

		run(&w, TCP, OLDEST BOTH("wake_all=off") EVENTS "tx." LAST, "",
		    seed);
		o = w.block->oracle;
		for (unsigned i = 0; i < o->n_stalls; i++) {
			const struct stall *s = &o->stalls[i];

			if (strcmp(s->waiter, "tx.listener") != 0)
				continue;
			assert_int_equal(s->cause, CAUSE_CONSUMED);
			taken_by_writer(w.block, s);
			n++;
		}
	}
	assert_true(n > 0);
	small_world_free(&w);
}

/* Era d waits for events, and counts on the listener to run first. With
 * SCHEDOP_block and counted events it does; unless it waits for a grant when
 * the event comes. Then the writer, who holds the mutex, has looked too
 * early. */
static void a_listener_without_grants(void **state)
{
	static const char *const sets =
		EVENTS "tx.refill_blocks=30% tx.refill_wait=500us";
	struct small_world w = {0};
	unsigned early = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 4; seed++) {
		const struct oracle *o;

		run(&w, TCP, sets, "", seed);
		o = w.block->oracle;
		for (unsigned i = 0; i < o->n_stalls; i++) {
			assert_string_equal(o->stalls[i].waiter, "tx.writer");
			early += o->stalls[i].cause == CAUSE_EARLY;
		}
		run(&w, TCP, "tx.refill_blocks=30% tx.refill_wait=500us", "",
		    seed);
		assert_int_equal(w.block->oracle->n, 0);
	}
	assert_true(early > 0);
	small_world_free(&w);
}

/* Era a overruns its ring. No packet is there twice or not at all (the world
 * counts), and what the host's second look does not show, for it sees no more
 * requests than there are slots that it has answered, lasts for good. */
static void an_overrun_ring(void **state)
{
	struct small_world w = {0};
	double overwritten = 0;
	unsigned n = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 10; seed++) {
		const struct oracle *o;

		run(&w, TCP,
		    NEWEST NETIFS("era=a") "tx.views=3 client.window=64KiB", "",
		    seed);
		overwritten += small_world_number(&w, "tx.overwritten");
		o = w.block->oracle;
		for (unsigned i = 0; i < o->n_stalls; i++) {
			if (strcmp(o->stalls[i].waiter, "vif1.tx") != 0)
				continue;
			assert_string_equal(o->stalls[i].rescuer, "");
			n++;
		}
	}
	assert_true(overwritten > 100 && n > 0);
	small_world_free(&w);
}

/* --- gaps that are nobody's loss ---------------------------------------- */

static void packets_are_dropped(void **state)
{
	struct small_world w = {0};
	double drops = 0, gap = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 4; seed++) {
		run(&w, TCP,
		    ROOMY "client.window=64KiB vif2.txqueuelen=1 "
			  "vif2.rx_needed=28 run.measure=3s",
		    "", seed);
		assert_int_equal(w.block->oracle->n, 0);
		drops += small_world_number(&w, "vif2.queue_drops");
		gap = fmax(gap, small_world_number(&w, "server.gap.max"));
	}
	assert_true(drops > 10);
	assert_true(gap > 150e6);
	small_world_free(&w);
}

static void an_idle_sender(void **state)
{
	struct small_world w = {0};

	(void)state;
	run(&w, UDP, "client.offered=100kbps client.load=even", "", 1);
	assert_int_equal(w.block->oracle->n, 0);
	assert_true(small_world_number(&w, "sender.sleeps") > 8);
	run(&w, TCP, "client.bytes=100KiB run.measure=20s", "", 1);
	assert_int_equal(w.block->oracle->n, 0);
	assert_true(small_world_number(&w, "client.completion") < 2);
	small_world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(each_fault_is_seen),
		cmocka_unit_test(an_event_for_another),
		cmocka_unit_test(a_listener_without_grants),
		cmocka_unit_test(an_overrun_ring),
		cmocka_unit_test(packets_are_dropped),
		cmocka_unit_test(an_idle_sender),
		cmocka_unit_test(ten_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
