/* SPDX-License-Identifier: MIT */
/*
 * Does the oracle see each wakeup that is lost, at the step that loses it, and
 * none that is not? Drivers of every kind are made to forget their second look,
 * flavours to lie, lines to drop what they carry; and a witness looks on.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/racy_world.h"
#include "tests/witness.h"

enum { GUEST, HOST };

/* The run at hand and how it is spoilt. */
static struct {
	void (*spoil)(struct stage *guest, struct stage *host);
	unsigned due; /* how often a notification was due */
	struct ring_type liar;
	const struct ring_type *honest;
	const struct waiter *victim;
	task_fn *ring;
	unsigned char spent;
} now;

#define SPOIL_EVERY 50 /* of the notifications that are due */

/* A path has a guest's sleeper and a host's; the argument is the stage. */
static void spoil(struct sim *sim)
{
	struct stage *ends[2] = {0};

	sim_record_room(sim, 1 << 18);
	for (struct waiter *w = sim->oracle->waiters; w; w = w->next) {
		struct stage *s = w->arg;

		ends[s->front ? GUEST : HOST] = s;
	}
	if (now.spoil)
		now.spoil(ends[GUEST], ends[HOST]);
}

static void run(struct small_world *w, const struct racy_path *path,
		const struct ring_type *flavour, const char *more,
		uint64_t seed)
{
	char sets[256];

	witness.begins = spoil;
	witness.begun = false;
	now.due = 0;
	snprintf(sets, sizeof sets, "run.warmup=0ns run.measure=300ms %s",
		 more);
	racy_run(w, path, flavour, sets, seed);
}

/* --- what a loss must look like ----------------------------------------- */

static const struct record *note_at(const struct sim *sim, uint64_t i)
{
	assert_true(sim->noted <= sim->record_mask);
	return &sim->records[i];
}

static uint64_t find_loss(const struct sim *sim, const struct stall *s)
{
	for (uint64_t i = 0; i < sim->noted; i++) {
		const struct record *r = note_at(sim, i);

		if (r->what == NOTE_LOST && r->at == s->start &&
		    r->value == s->cause)
			return i;
	}
	fail_msg("the recorder does not know of it");
	return 0;
}

/* The owner's note before note i, or behind it; of those that are told. */
static const struct record *next_to(const struct sim *sim, uint64_t i, int way)
{
	uint16_t owner = note_at(sim, i)->owner;

	for (i += (uint64_t)way; i < sim->noted; i += (uint64_t)way)
		if (note_at(sim, i)->owner == owner)
			return note_at(sim, i);
	return NULL;
}

/* It asked, and the next it did was to sleep: at that step, or, if the other
 * side had published and was yet to decide, when that decided. */
static void must_be_the_sleep(const struct sim *sim, const struct stall *s)
{
	uint64_t i = find_loss(sim, s);
	const struct record *before = next_to(sim, i, -1);
	const struct record *behind = next_to(sim, i, 1);

	assert_int_equal(s->cause, CAUSE_NO_RECHECK);
	assert_non_null(before);
	if (before->what == NOTE_SLEEP)
		return;
	assert_int_equal(before->what, NOTE_ARM);
	if (behind && behind->what == NOTE_SLEEP)
		assert_true(behind->at == s->start);
}

/* The other side decided at that step not to notify, or what it sent was lost;
 * so it is the other side's note that comes before. */
static void must_be_the_decision(const struct sim *sim, const struct stall *s)
{
	uint64_t i = find_loss(sim, s);
	uint16_t owner = note_at(sim, i)->owner;

	for (; i > 0; i--) {
		const struct record *r = note_at(sim, i - 1);

		assert_false(r->owner == owner && r->what == NOTE_TAKE);
		if (r->owner != owner &&
		    (r->what == NOTE_PUT || r->what == NOTE_TAKE ||
		     r->what == NOTE_KICK || r->what == NOTE_CALL))
			return;
	}
	fail_msg("nobody has published anything");
}

/* It was rescued by a later notification, or never. */
static void must_end(const struct sim *sim, const struct stall *s,
		     const char *rescuers)
{
	if (*s->rescuer)
		assert_non_null(strstr(rescuers, s->rescuer));
	else
		assert_true(s->end == sim->now);
	assert_true(s->end >= s->start);
	if (!*s->rescuer || !s->has_out)
		return;
	assert_true(s->out.at >= s->start && s->out.at <= s->end);
	assert_true(s->out.what == NOTE_KICK || s->out.what == NOTE_CALL ||
		    s->out.what == NOTE_TIMER);
}

/* Returns how many there are: of this end, for this reason. */
static unsigned check(const struct small_world *w, const struct racy_path *path,
		      unsigned end, enum cause cause)
{
	const struct oracle *o = w->block->oracle;

	for (unsigned i = 0; i < o->n_stalls; i++) {
		const struct stall *s = &o->stalls[i];

		assert_string_equal(s->waiter, path->waiters[end]);
		assert_int_equal(s->cause, cause);
		must_end(w->block, s, path->rescuers[end]);
		if (cause == CAUSE_NO_RECHECK)
			must_be_the_sleep(w->block, s);
		else
			must_be_the_decision(w->block, s);
	}
	return (unsigned)o->n;
}

/* Five seeds of every path and flavour, all spoilt at one end. */
static void spoil_everywhere(unsigned end, const char *more, enum cause cause)
{
	struct small_world w = {0};
	const struct ring_type *t;

	for (unsigned i = 0; i < RACY_THEORY_2; i++)
		for (unsigned k = 0; (t = racy_flavour(&racy_paths[i], k));
		     k++) {
			const struct racy_path *path = &racy_paths[i];
			char sets[64] = "";
			unsigned n = 0;

			if (*more)
				snprintf(sets, sizeof sets, "%s.%s",
					 path->ends[end], more);
			for (unsigned seed = 1; seed <= 5; seed++) {
				run(&w, path, t, sets, seed);
				n += check(&w, path, end, cause);
			}
			if (n == 0)
				fail_msg("%s of %s, %s, lost nothing",
					 path->waiters[end], path->scenario,
					 t->name);
		}
	small_world_free(&w);
}

/* --- the tests ---------------------------------------------------------- */

static void nothing_is_lost(void **state)
{
	struct small_world w = {0};
	const struct ring_type *t;

	(void)state;
	now.spoil = NULL;
	for (unsigned i = 0; i < RACY_PATHS; i++)
		for (unsigned k = 0; (t = racy_flavour(&racy_paths[i], k)); k++)
			for (unsigned seed = 1; seed <= 5; seed++) {
				run(&w, &racy_paths[i], t, "", seed);
				assert_int_equal(w.block->oracle->n, 0);
			}
	small_world_free(&w);
}

static void who_does_not_look_again(void **state)
{
	(void)state;
	now.spoil = NULL;
	spoil_everywhere(HOST, "recheck=off", CAUSE_NO_RECHECK);
	spoil_everywhere(GUEST, "recheck=off", CAUSE_NO_RECHECK);
}

static bool spoils(bool due)
{
	return due && ++now.due % SPOIL_EVERY == 0;
}

static bool lie_of_kicks(struct ring *r)
{
	bool due = now.honest->kick_due(r);

	return spoils(due) ? false : due;
}

static bool lie_of_calls(struct ring *r)
{
	bool due = now.honest->call_due(r);

	return spoils(due) ? false : due;
}

static void lie(struct ring *r, bool (*kick_due)(struct ring *),
		bool (*call_due)(struct ring *))
{
	now.honest = r->type;
	now.liar = *r->type;
	if (kick_due)
		now.liar.kick_due = kick_due;
	if (call_due)
		now.liar.call_due = call_due;
	r->type = &now.liar;
}

static void suppress_kicks(struct stage *guest, struct stage *host)
{
	(void)host;
	lie(guest->front->ring, lie_of_kicks, NULL);
}

static void suppress_calls(struct stage *guest, struct stage *host)
{
	(void)host;
	lie(guest->front->ring, NULL, lie_of_calls);
}

static void a_flavour_that_lies(void **state)
{
	(void)state;
	now.spoil = suppress_kicks;
	spoil_everywhere(HOST, "", CAUSE_SUPPRESSED);
	now.spoil = suppress_calls;
	spoil_everywhere(GUEST, "", CAUSE_SUPPRESSED);
}

/* What reaches somebody who is awake would not have been needed. */
static TASK(drop_some)
{
	struct doorbell *bell = owner;

	TASK_BEGIN;
	bell->spent = CAUSE_NONE;
	if (spoils(now.victim->asleep)) {
		bell->spent = now.spent;
		TASK_RETURN;
	}
	CALL(now.ring, bell);
	TASK_END;
}

static void drop(struct doorbell *bell, const struct waiter *victim)
{
	now.victim = victim;
	now.ring = bell->ring;
	bell->ring = drop_some;
}

static void drop_kicks(struct stage *guest, struct stage *host)
{
	drop(&guest->front->kick, host->back->wants_kick[0]);
}

static void drop_calls(struct stage *guest, struct stage *host)
{
	drop(&host->back->call, guest->front->wants_call);
}

static void a_line_that_drops(void **state)
{
	(void)state;
	now.spent = CAUSE_NONE;
	now.spoil = drop_kicks;
	spoil_everywhere(HOST, "", CAUSE_CONSUMED);
	now.spoil = drop_calls;
	spoil_everywhere(GUEST, "", CAUSE_CONSUMED);
	now.spent = CAUSE_MASKED;
	spoil_everywhere(GUEST, "", CAUSE_MASKED);
}

/* An event index is passed once, a flag is read each time: where there is room
 * for one more entry, it ends the stall. */
static void for_good_or_until_the_next(void **state)
{
	static const char *const sets = "host.recheck=off guest.stop_reserve=1";
	const struct racy_path *vhost = &racy_paths[RACY_VHOST];
	struct small_world w = {0};
	const struct oracle *o;

	(void)state;
	now.spoil = NULL;
	run(&w, vhost, &ring_split_event, sets, 1);
	o = w.block->oracle;
	assert_int_equal(o->n, 1);
	assert_string_equal(o->stalls->waiter, "host.worker");
	assert_string_equal(o->stalls->awaited, "entries");
	assert_string_equal(o->stalls->rescuer, "");
	assert_true(o->stalls->end == 300 * SIM_MS);
	run(&w, vhost, &ring_split_flags, sets, 1);
	o = w.block->oracle;
	assert_true(o->n > 1);
	assert_string_equal(o->stalls->rescuer, "guest.kick");
	assert_true(o->stalls->end < 300 * SIM_MS);
	small_world_free(&w);
}

/* A timer's flush of 256 that leaves the rest to nobody (QEMU until 2022): the
 * guest is out of room, so it will not kick. Without a step, as it needs none.
 */
static void a_burst_that_leaves_the_rest(void **state)
{
	static const char *const burst =
		"host.mode=timer host.timer=1ms app.load=saturate "
		"guest.packet_cost=500ns host.packet_cost=700ns "
		"kvm.heavy_exit=3us kvm.wake=2us";
	const struct racy_path path = {"qemu", burst, "guest.ring",
				       RACY_ENDS("tx", ""), NULL};
	struct small_world w = {0};
	const struct oracle *o;

	(void)state;
	now.spoil = NULL;
	run(&w, &path, &ring_split_event, "guest.slots=256", 1);
	assert_int_equal(w.block->oracle->n, 0);
	run(&w, &path, &ring_split_event, "guest.slots=512", 1);
	o = w.block->oracle;
	assert_int_equal(o->n, 1);
	assert_string_equal(o->stalls->waiter, "host.tx");
	assert_int_equal(o->stalls->cause, CAUSE_NO_RECHECK);
	assert_string_equal(o->stalls->rescuer, "");
	assert_true(o->stalls->end == 300 * SIM_MS);
	small_world_free(&w);
}

/* A gap in the traffic is nobody's loss. */
static void an_idle_sender(void **state)
{
	struct small_world w = {0};

	(void)state;
	now.spoil = NULL;
	for (unsigned i = 0; i < RACY_THEORY_1; i++) {
		run(&w, &racy_paths[i], racy_flavour(&racy_paths[i], 0),
		    "app.load=even app.offered=20pps run.measure=10s", 1);
		assert_int_equal(w.block->oracle->n, 0);
		assert_true(small_world_number(&w, "host.sleeps") >= 199);
	}
	small_world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(who_does_not_look_again),
		cmocka_unit_test(a_flavour_that_lies),
		cmocka_unit_test(a_line_that_drops),
		cmocka_unit_test(for_good_or_until_the_next),
		cmocka_unit_test(a_burst_that_leaves_the_rest),
		cmocka_unit_test(an_idle_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
