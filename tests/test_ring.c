/* SPDX-License-Identifier: MIT */
/*
 * Every flavour of a ring under every order in which two sides can act.
 *
 * A side is a table of steps. A step is one call of ring.h, so at most one
 * access to shared memory; between any two steps the other side may do as many
 * of its own as it likes. The explorer tries all of these orders for a few
 * entries, and random ones for many, across the wrap of the indices.
 *
 * It knows two sins:
 *	an entry lost	what is taken out is not what was put in next, or in
 *			the end something was never taken
 *	a wakeup lost	a side sleeps although what it waits for has happened,
 *			it has not been notified, and the other side is not
 *			between publishing and deciding whether to notify
 *
 * Beside the right tables stand broken ones: the look after asking is missing,
 * or comes before asking, and so on. The explorer must find their sin, in every
 * flavour; else it would prove nothing about the right ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "sim/cost.h"
#include "tests/ring_sides.h"

#define MOST_DEPTH 400

#define N_PAIRS (sizeof pairs / sizeof *pairs)

static const struct step *step_of(const struct play *p, enum party who)
{
	return &p->tables[who][p->at[who]];
}

/* p is a copy: its ring must use its own slots. */
static void adopt(struct play *p)
{
	p->ring.slots = p->slots;
}

static void start(struct play *p, const struct ring_type *type,
		  const struct pair *pair, uint16_t slots, uint16_t index,
		  uint32_t entries)
{
	struct sim *sim = sim_new(1 << 20, 1);
	struct ring *r = &p->ring;

	*p = (struct play){.tables = {pair->guest, pair->host},
			   .entries = entries};
	ring_init(r, sim, type, slots);
	adopt(p);
	sim_free(sim);
	r->shared.avail = r->shared.used = index;
	r->shared.avail_event = r->shared.used_event = index;
	r->guest.added = r->guest.reaped = r->guest.seen = index;
	r->guest.asked = index;
	r->host.taken = r->host.returned = r->host.seen = index;
	r->host.asked = index;
}

/* True: it did something. */
static bool go(struct play *p, enum party who)
{
	const struct step *s = step_of(p, who);
	enum answer a = s->act(p);

	if (a == BLOCKED)
		return false;
	if (s->act == sleep_guest || s->act == sleep_host)
		p->sleeps[who]++;
	p->at[who] = a == YES ? s->yes : s->no;
	return true;
}

static bool overslept(const struct play *p, enum party who)
{
	const struct ring *r = &p->ring;
	const struct step *s = step_of(p, who);

	if (p->notified[who] || step_of(p, !who)->deciding)
		return false;
	if (s->act == sleep_host)
		return r->shared.avail != r->host.taken;
	return s->act == sleep_guest &&
	       (uint16_t)(r->shared.used - r->guest.reaped) > p->ahead;
}

static enum sin sin_of(const struct play *p)
{
	if (p->wrong)
		return ENTRY_LOST;
	return overslept(p, GUEST) || overslept(p, HOST) ? WAKEUP_LOST : NO_SIN;
}

/* Nobody can move. */
static enum sin sin_of_the_end(const struct play *p)
{
	return p->got == p->entries ? NO_SIN : ENTRY_LOST;
}

/* Everything that decides what happens from here on, as one number. Two states
 * with one number would hide one of them: 2^64 makes that a rumour. */
static uint64_t fingerprint(const struct play *p)
{
	const struct ring *r = &p->ring;
	const uint64_t all[] = {
		p->at[GUEST],
		p->at[HOST],
		p->notified[GUEST],
		p->notified[HOST],
		p->ahead,
		p->put,
		p->got,
		r->shared.avail,
		r->shared.used,
		r->shared.avail_event,
		r->shared.used_event,
		r->shared.no_kick,
		r->shared.no_call,
		r->guest.added,
		r->guest.reaped,
		r->guest.seen,
		r->guest.asked,
		r->guest.call_on,
		r->host.taken,
		r->host.returned,
		r->host.seen,
		r->host.asked,
		r->host.kick_on,
		(uintptr_t)p->slots[0],
		(uintptr_t)p->slots[1],
		(uintptr_t)p->slots[2],
		(uintptr_t)p->slots[3],
	};
	uint64_t h = 0;

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		h = (h ^ all[i]) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h | 1; /* 0 is a free place */
}

#define PLACES (1u << 20)

struct search {
	uint64_t *seen; /* PLACES of them */
	unsigned states;
	uint32_t sleeps[2]; /* the most of either side on any path */
	uint8_t path[MOST_DEPTH];
	unsigned depth;
};

/* False: it has been there. */
static bool first_visit(struct search *s, uint64_t print)
{
	unsigned i = print % PLACES;

	for (; s->seen[i]; i = (i + 1) % PLACES)
		if (s->seen[i] == print)
			return false;
	assert_true(++s->states < PLACES / 2);
	s->seen[i] = print;
	return true;
}

static enum sin explore(struct search *s, const struct play *p)
{
	enum sin sin = sin_of(p);
	bool moved = false;

	if (sin || !first_visit(s, fingerprint(p)))
		return sin;
	assert_true(s->depth < MOST_DEPTH);
	for (int who = GUEST; who <= HOST; who++) {
		struct play next = *p;

		adopt(&next);
		s->path[s->depth] = (uint8_t)who;
		if (!go(&next, (enum party)who))
			continue;
		moved = true;
		if (next.sleeps[who] > s->sleeps[who])
			s->sleeps[who] = next.sleeps[who];
		s->depth++;
		sin = explore(s, &next);
		if (sin)
			return sin; /* the path leads there */
		s->depth--;
	}
	return moved ? NO_SIN : sin_of_the_end(p);
}

static const char *sin_name(enum sin sin)
{
	static const char *const names[] = {"nothing", "an entry", "a wakeup",
					    "something"};

	return names[sin];
}

static enum sin expected(const struct ring_type *type, const struct pair *pair)
{
	return type == &ring_xen ? pair->sin_xen : pair->sin;
}

static bool is_expected(enum sin sin, enum sin right)
{
	return sin == right || (sin && right == EITHER);
}

static void print_path(const struct search *s, struct play p)
{
	adopt(&p);
	for (unsigned i = 0; i < s->depth; i++) {
		const struct step *step = step_of(&p, s->path[i]);

		go(&p, s->path[i]);
		print_message("%s%s\n", s->path[i] == HOST ? "\t\t\t" : "",
			      step->name);
	}
}

static void must_find(struct search *s, const struct ring_type *type,
		      const struct pair *pair, uint16_t slots, uint16_t index)
{
	uint32_t entries = 2u * slots + 1;
	enum sin sin, right = expected(type, pair);
	struct play p;

	memset(s->seen, 0, PLACES * sizeof *s->seen);
	s->states = s->depth = 0;
	s->sleeps[GUEST] = s->sleeps[HOST] = 0;
	start(&p, type, pair, slots, index, entries < 3 ? 3 : entries);
	sin = explore(s, &p);
	if (!is_expected(sin, right)) {
		print_path(s, p);
		fail_msg("%s, %s, %u slots: %s lost, not %s", type->name,
			 pair->name, slots, sin_name(sin), sin_name(right));
	}
	if (sin == NO_SIN) { /* the test is not empty: both slept, woke */
		assert_true(s->states > 500);
		assert_true(s->sleeps[GUEST] > 0 && s->sleeps[HOST] > 0);
	}
}

/* A right one also where indices wrap, or differences change their sign. */
static void try_pair(struct search *s, const struct ring_type *type,
		     const struct pair *pair, uint16_t slots)
{
	must_find(s, type, pair, slots, 0);
	if (expected(type, pair))
		return;
	must_find(s, type, pair, slots, 32766);
	must_find(s, type, pair, slots, 65534);
}

static void in_every_order_of_few(void **state)
{
	struct search *s = test_calloc(1, sizeof *s);

	(void)state;
	s->seen = test_calloc(PLACES, sizeof *s->seen);
	for (const struct ring_type *const *t = ring_types; *t; t++)
		for (unsigned i = 0; i < N_PAIRS; i++) {
			bool unmoved = expected(*t, &pairs[i]) != pairs[i].sin;

			/* It takes two to leave an event behind. */
			for (uint16_t n = unmoved ? 2 : 1; n <= MOST_SLOTS;
			     n *= 2)
				try_pair(s, *t, &pairs[i], n);
		}
	test_free(s->seen);
	test_free(s);
}

/* One side goes on with the probability `haste`, until it is stuck. */
static enum sin wander(struct play *p, gsl_rng *rng)
{
	double haste = 0.5;
	bool stuck[2] = {false, false};
	int who = GUEST;

	while (!stuck[GUEST] || !stuck[HOST]) {
		enum sin sin = sin_of(p);

		if (sin)
			return sin;
		if (gsl_rng_uniform_int(rng, 100) == 0)
			haste = gsl_rng_uniform(rng);
		if (stuck[who] || gsl_rng_uniform(rng) > haste)
			who = !who;
		stuck[who] = !go(p, (enum party)who);
		if (!stuck[who])
			stuck[!who] = false;
	}
	return sin_of_the_end(p);
}

#define MANY 200000 /* indices wrap three times */

static void in_random_orders_of_many(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	gsl_rng *rng = rng_stream(sim, "orders");

	(void)state;
	for (const struct ring_type *const *t = ring_types; *t; t++) {
		for (unsigned i = 0; i < N_PAIRS; i++) {
			enum sin sin, right = expected(*t, &pairs[i]);
			struct play p;

			start(&p, *t, &pairs[i], 1u << (i % 3), 0, MANY);
			sin = wander(&p, rng);
			if (!is_expected(sin, right))
				fail_msg("%s, %s: %s lost, not %s", (*t)->name,
					 pairs[i].name, sin_name(sin),
					 sin_name(right));
			if (sin == NO_SIN) {
				assert_int_equal(p.got, MANY);
				assert_true(p.sleeps[GUEST] > 1000);
				assert_true(p.sleeps[HOST] > 1000);
			}
		}
	}
	sim_free(sim);
}

/* Virtio's rule for all that can be told apart: is the event in [old, now)? */
static void an_event_is_passed_once(void **state)
{
	(void)state;
	for (unsigned old = 65530; old < 65542; old++) {
		for (unsigned now = old; now < old + 12; now++) {
			for (unsigned event = 65525; event < 65560; event++)
				assert_int_equal(ring_passed((uint16_t)event,
							     (uint16_t)now,
							     (uint16_t)old),
						 event >= old && event < now);
		}
	}
}

/* Left where it is, an event index is met again by the next lap, for one
 * superfluous notification; the flag of split_flags and the ideal have none. */
static unsigned kicks_in_a_lap(const struct ring_type *type)
{
	static const struct pair nobody = {"", guest, host, NO_SIN, NO_SIN};
	unsigned kicks = 0;
	struct play p;

	start(&p, type, &nobody, MOST_SLOTS, 0, 0);
	type->kick_off(&p.ring);
	for (unsigned i = 0; i < 65536; i++) {
		add(&p);
		publish(&p);
		kicks += kick_due(&p) == YES;
		look_avail(&p);
		pop(&p);
		publish_used(&p);
		look_used(&p);
		reap(&p);
	}
	assert_false(p.wrong);
	return kicks;
}

static void a_stale_index_is_met_once_a_lap(void **state)
{
	(void)state;
	assert_int_equal(kicks_in_a_lap(&ring_split_event), 1);
	assert_int_equal(kicks_in_a_lap(&ring_split_flags), 0);
	assert_int_equal(kicks_in_a_lap(&ring_none), 0);
	assert_int_equal(kicks_in_a_lap(&ring_xen), 1);
}

/* What all but split_flags can, which is notified each time: of a
 * consumer that does not come, how many kicks does a producer make? */
static void suppression_takes_effect_when_it_should(void **state)
{
	static const struct pair nobody = {"", guest, host, NO_SIN, NO_SIN};

	(void)state;
	for (const struct ring_type *const *t = ring_types; *t; t++) {
		unsigned kicks = 0;
		struct play p;

		start(&p, *t, &nobody, MOST_SLOTS, 0, 0);
		for (unsigned i = 0; i < MOST_SLOTS; i++) {
			add(&p);
			publish(&p);
			kicks += kick_due(&p) == YES;
		}
		assert_int_equal(kicks, *t == &ring_split_flags ? 4 : 1);
		assert_int_equal(ring_inside(&p.ring), 4);
		assert_int_equal(ring_free(&p.ring), 0);
	}
}

/* Xen's rule, in Xen's words: a push from old to new notifies if the event lies
 * in (old, new]; whoever asks for "the entry after at" sets it to at + 1; what
 * is taken does not move it. A fresh ring has events of 1. */
static void xen_notifies_when_the_event_is_reached(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	struct ring r;

	(void)state;
	for (unsigned at = 0; at < 8; at++) {
		for (unsigned n = 1; n <= 8; n++) {
			ring_init(&r, sim, &ring_xen, 8);
			assert_false(r.type->kick_due(&r)); /* nothing new */
			r.type->kick_on(&r, (uint16_t)at);
			for (unsigned i = 0; i < n; i++)
				ring_add(&r, NULL);
			ring_publish(&r);
			assert_int_equal(r.type->kick_due(&r), at + 1 <= n);
			assert_int_equal(r.type->kick_owed(&r), at + 1 <= n);
			ring_look_avail(&r);
			ring_pop(&r);
			ring_popped(&r);
			assert_int_equal(r.shared.avail_event, at);
		}
	}
	ring_init(&r, sim, &ring_xen, 8);
	ring_add(&r, NULL);
	ring_publish(&r);
	assert_true(r.type->kick_due(&r));
	sim_free(sim);
}

/* Of packets of several slots, and buffers of which one came back empty. */
static void packets_are_counted_where_they_lie(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	struct packet_pool pool = {.sim = sim};
	struct ring r;

	(void)state;
	ring_init(&r, sim, &ring_xen, 8);
	ring_add(&r, packet_new(&pool, 60));
	ring_add(&r, NULL);
	ring_add(&r, packet_new(&pool, 60));
	assert_int_equal(ring_packets_to_host(&r), 2);
	ring_pop(&r);
	ring_pop(&r);
	assert_int_equal(ring_packets_to_host(&r), 1);
	ring_init(&r, sim, &ring_xen, 8);
	for (int i = 0; i < 3; i++)
		ring_add(&r, NULL);
	assert_int_equal(ring_packets_to_host(&r), 0);
	ring_pop(&r);
	ring_pop(&r);
	ring_return_packet(&r, packet_new(&pool, 60));
	ring_return_packet(&r, NULL);
	assert_int_equal(ring_packets_to_guest(&r), 1);
	ring_reap(&r);
	assert_int_equal(ring_packets_to_guest(&r), 0);
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_order_of_few),
		cmocka_unit_test(in_random_orders_of_many),
		cmocka_unit_test(an_event_is_passed_once),
		cmocka_unit_test(a_stale_index_is_met_once_a_lap),
		cmocka_unit_test(suppression_takes_effect_when_it_should),
		cmocka_unit_test(xen_notifies_when_the_event_is_reached),
		cmocka_unit_test(packets_are_counted_where_they_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
