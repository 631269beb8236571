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

#include "models/ring/flavours.h"
#include "sim/cost.h"

#define MOST_SLOTS 4
#define MOST_DEPTH 400

enum party { GUEST, HOST };
enum sin { NO_SIN, ENTRY_LOST, WAKEUP_LOST, EITHER };
enum answer { NO, YES, BLOCKED };

/* A ring, its two sides, and how far they are. */
struct play {
	struct ring ring;
	struct packet *slots[MOST_SLOTS];
	const struct step *tables[2];
	uint8_t at[2];	    /* the step each side takes next */
	bool notified[2];   /* has been, and has not noticed yet */
	uint16_t ahead;	    /* the guest waits for more than so many */
	uint32_t put, got;  /* entries so far */
	uint32_t entries;   /* to put */
	bool wrong;	    /* something else came out than was put in */
	uint32_t sleeps[2]; /* that ended by a notification; not part of the
			       state */
};

/* One step: do it, go where the answer says. */
struct step {
	const char *name;
	enum answer (*act)(struct play *p);
	uint8_t yes, no;
	bool deciding; /* published, and not yet done with notifying */
};

/* What the guest can do. */

static enum answer has_more(struct play *p)
{
	return p->put < p->entries ? YES : BLOCKED;
}

static enum answer has_room(struct play *p)
{
	return ring_free(&p->ring) > 0 ? YES : NO;
}

static enum answer is_all_free(struct play *p)
{
	return ring_free(&p->ring) == p->ring.size ? YES : NO;
}

/* Packets are numbered from 1: the address is the number. */
static enum answer add(struct play *p)
{
	ring_add(&p->ring, (struct packet *)(uintptr_t)++p->put);
	return YES;
}

static enum answer publish(struct play *p)
{
	ring_publish(&p->ring);
	return YES;
}

static enum answer kick_due(struct play *p)
{
	return p->ring.type->kick_due(&p->ring) ? YES : NO;
}

static enum answer kick(struct play *p)
{
	p->notified[HOST] = true;
	return YES;
}

static enum answer look_used(struct play *p)
{
	return ring_look_used(&p->ring) > 0 ? YES : NO;
}

/* One of those seen; is there another? */
static enum answer reap(struct play *p)
{
	ring_reap(&p->ring);
	p->ahead = 0;
	return p->ring.guest.seen != p->ring.guest.reaped ? YES : NO;
}

static enum answer lower_call(struct play *p)
{
	p->notified[GUEST] = false;
	return YES;
}

static enum answer ask_call(struct play *p)
{
	p->ahead = 0;
	p->ring.type->call_on(&p->ring, p->ring.guest.reaped);
	return YES;
}

/* When three quarters of what is outstanding have returned. */
static enum answer ask_call_delayed(struct play *p)
{
	struct ring *r = &p->ring;
	uint16_t waiting = (uint16_t)(r->guest.added - r->guest.reaped);

	p->ahead = (uint16_t)(waiting * 3 / 4);
	r->type->call_on(r, (uint16_t)(r->guest.reaped + p->ahead));
	return YES;
}

static enum answer look_ahead(struct play *p)
{
	return ring_look_used(&p->ring) > p->ahead ? YES : NO;
}

static enum answer sleep_guest(struct play *p)
{
	return p->notified[GUEST] ? YES : BLOCKED;
}

static enum answer no_calls(struct play *p)
{
	p->ring.type->call_off(&p->ring);
	return YES;
}

/* What the host can do. */

static enum answer look_avail(struct play *p)
{
	return ring_look_avail(&p->ring) > 0 ? YES : NO;
}

static enum answer pop(struct play *p)
{
	uintptr_t number = (uintptr_t)ring_pop(&p->ring);

	p->wrong = p->wrong || number != ++p->got;
	return YES;
}

static enum answer publish_used(struct play *p)
{
	ring_return(&p->ring);
	ring_publish_used(&p->ring);
	return YES;
}

static enum answer call_due(struct play *p)
{
	return p->ring.type->call_due(&p->ring) ? YES : NO;
}

static enum answer call(struct play *p)
{
	p->notified[GUEST] = true;
	return YES;
}

static enum answer lower_kick(struct play *p)
{
	p->notified[HOST] = false;
	return YES;
}

static enum answer ask_kick(struct play *p)
{
	p->ring.type->kick_on(&p->ring, p->ring.host.seen);
	return YES;
}

static enum answer sleep_host(struct play *p)
{
	return p->notified[HOST] ? YES : BLOCKED;
}

static enum answer no_kicks(struct play *p)
{
	p->ring.type->kick_off(&p->ring);
	return YES;
}

/* The tables, a row a step: what it does, where it goes on "yes" and "no". */
/* clang-format off */
#define ROW(act, yes, no)     {#act, act, yes, no, false}
#define DECIDES(act, yes, no) {#act, act, yes, no, true}

/* Puts what there is room for, reaps when there is none; row 7 is where it goes
 * for want of anything to reap. */
#define GUEST_PUTS                                                             \
	[0] = ROW(has_more, 1, 0), [1] = ROW(has_room, 2, 6),                  \
	[2] = ROW(add, 3, 0), [3] = ROW(publish, 4, 0),                        \
	[4] = DECIDES(kick_due, 5, 0), [5] = DECIDES(kick, 0, 0)
#define GUEST_REAPS [6] = ROW(look_used, 12, 7), [12] = ROW(reap, 12, 0)
#define GUEST_RESTS                                                            \
	[7] = ROW(lower_call, 8, 0), [8] = ROW(ask_call, 9, 0),                \
	[9] = ROW(look_used, 11, 10), [10] = ROW(sleep_guest, 11, 0),          \
	[11] = ROW(no_calls, 6, 0)

static const struct step guest[] = {
	GUEST_PUTS,
	GUEST_REAPS,
	GUEST_RESTS,
};

/* virtio_net: it wants more than one slot before it is woken. */
static const struct step guest_delayed[] = {
	GUEST_PUTS,
	GUEST_REAPS,
	[7] = ROW(lower_call, 8, 0),
	[8] = ROW(ask_call_delayed, 9, 0),
	[9] = ROW(look_ahead, 11, 10),
	[10] = ROW(sleep_guest, 11, 0),
	[11] = ROW(no_calls, 6, 0),
};

/* It wants all slots, and does not ask again for those it did not get. */
static const struct step guest_insists[] = {
	GUEST_PUTS,
	GUEST_REAPS,
	[7] = ROW(lower_call, 8, 0),
	[8] = ROW(ask_call, 9, 0),
	[9] = ROW(look_used, 13, 10),
	[10] = ROW(sleep_guest, 11, 0),
	[11] = ROW(no_calls, 6, 0),
	[13] = ROW(reap, 13, 14),
	[14] = ROW(look_used, 13, 15),
	[15] = ROW(is_all_free, 16, 10),
	[16] = ROW(no_calls, 0, 0),
};

/* Takes what is there; row 5 is where it goes when there is nothing. */
#define HOST_TAKES                                                             \
	[0] = ROW(look_avail, 1, 5), [1] = ROW(pop, 2, 0),                     \
	[2] = ROW(publish_used, 3, 0), [3] = DECIDES(call_due, 4, 0),          \
	[4] = DECIDES(call, 0, 0)
#define HOST_RESTS                                                             \
	[5] = ROW(lower_kick, 6, 0), [6] = ROW(ask_kick, 7, 0),                \
	[7] = ROW(look_avail, 9, 8), [8] = ROW(sleep_host, 9, 0),              \
	[9] = ROW(no_kicks, 0, 0)

static const struct step host[] = {
	HOST_TAKES,
	HOST_RESTS,
};

/* QEMU's bottom half: after asking it empties the ring with notifications on,
 * and sleeps only if there was nothing. */
static const struct step host_flushes[] = {
	HOST_TAKES,
	[5] = ROW(lower_kick, 6, 0),
	[6] = ROW(ask_kick, 7, 0),
	[7] = ROW(look_avail, 10, 8),
	[8] = ROW(sleep_host, 9, 0),
	[9] = ROW(no_kicks, 0, 0),
	[10] = ROW(pop, 11, 0),
	[11] = ROW(publish_used, 12, 0),
	[12] = DECIDES(call_due, 13, 14),
	[13] = DECIDES(call, 14, 0),
	[14] = ROW(look_avail, 10, 9),
};

/* QEMU's timer mode: asks, empties the ring, sleeps without asking again. */
static const struct step host_timer[] = {
	HOST_TAKES,
	[5] = ROW(lower_kick, 6, 0),
	[6] = ROW(ask_kick, 7, 0),
	[7] = ROW(look_avail, 10, 8),
	[8] = ROW(sleep_host, 9, 0),
	[9] = ROW(no_kicks, 5, 0),
	[10] = ROW(pop, 11, 0),
	[11] = ROW(publish_used, 12, 0),
	[12] = DECIDES(call_due, 13, 7),
	[13] = DECIDES(call, 7, 0),
};

/* The broken ones. */

static const struct step guest_does_not_look_again[] = {
	GUEST_PUTS,
	GUEST_REAPS,
	[7] = ROW(lower_call, 8, 0),
	[8] = ROW(ask_call, 9, 0),
	[9] = ROW(sleep_guest, 10, 0),
	[10] = ROW(no_calls, 6, 0),
};

static const struct step guest_looks_before_asking[] = {
	GUEST_PUTS,
	GUEST_REAPS,
	[7] = ROW(lower_call, 8, 0),
	[8] = ROW(look_used, 11, 9),
	[9] = ROW(ask_call, 10, 0),
	[10] = ROW(sleep_guest, 11, 0),
	[11] = ROW(no_calls, 6, 0),
};

static const struct step guest_forgets_a_call[] = {
	GUEST_PUTS,
	GUEST_REAPS,
	[7] = ROW(ask_call, 8, 0),
	[8] = ROW(look_used, 11, 9),
	[9] = ROW(lower_call, 10, 0),
	[10] = ROW(sleep_guest, 11, 0),
	[11] = ROW(no_calls, 6, 0),
};

static const struct step guest_decides_before_publishing[] = {
	[0] = ROW(has_more, 1, 0),
	[1] = ROW(has_room, 2, 6),
	[2] = ROW(add, 3, 0),
	[3] = DECIDES(kick_due, 4, 5),
	[4] = DECIDES(kick, 5, 0),
	[5] = ROW(publish, 0, 0),
	GUEST_REAPS,
	GUEST_RESTS,
};

static const struct step guest_publishes_before_adding[] = {
	[0] = ROW(has_more, 1, 0),
	[1] = ROW(has_room, 2, 6),
	[2] = ROW(publish, 3, 0),
	[3] = DECIDES(add, 4, 0),
	[4] = DECIDES(kick_due, 5, 0),
	[5] = DECIDES(kick, 0, 0),
	GUEST_REAPS,
	GUEST_RESTS,
};

static const struct step host_does_not_look_again[] = {
	HOST_TAKES,
	[5] = ROW(lower_kick, 6, 0),
	[6] = ROW(ask_kick, 7, 0),
	[7] = ROW(sleep_host, 8, 0),
	[8] = ROW(no_kicks, 0, 0),
};

static const struct step host_looks_before_asking[] = {
	HOST_TAKES,
	[5] = ROW(lower_kick, 6, 0),
	[6] = ROW(look_avail, 9, 7),
	[7] = ROW(ask_kick, 8, 0),
	[8] = ROW(sleep_host, 9, 0),
	[9] = ROW(no_kicks, 0, 0),
};

static const struct step host_forgets_a_kick[] = {
	HOST_TAKES,
	[5] = ROW(ask_kick, 6, 0),
	[6] = ROW(look_avail, 9, 7),
	[7] = ROW(lower_kick, 8, 0),
	[8] = ROW(sleep_host, 9, 0),
	[9] = ROW(no_kicks, 0, 0),
};

static const struct step host_does_not_ask[] = {
	HOST_TAKES,
	[5] = ROW(lower_kick, 6, 0),
	[6] = ROW(look_avail, 8, 7),
	[7] = ROW(sleep_host, 8, 0),
	[8] = ROW(no_kicks, 0, 0),
};

static const struct step host_returns_before_taking[] = {
	[0] = ROW(look_avail, 1, 5),
	[1] = ROW(publish_used, 2, 0),
	[2] = DECIDES(pop, 3, 0),
	[3] = DECIDES(call_due, 4, 0),
	[4] = DECIDES(call, 0, 0),
	HOST_RESTS,
};

#define PAIR(guest_, host_, sin_) {#guest_ " and " #host_, guest_, host_, sin_}
/* clang-format on */

static const struct pair {
	const char *name;
	const struct step *guest, *host;
	enum sin sin; /* that must be found */
} pairs[] = {
	PAIR(guest, host, NO_SIN),
	PAIR(guest, host_flushes, NO_SIN),
	PAIR(guest_delayed, host, NO_SIN),
	PAIR(guest_delayed, host_flushes, NO_SIN),
	PAIR(guest_insists, host, NO_SIN),
	PAIR(guest, host_timer, NO_SIN),
	PAIR(guest_insists, host_timer, NO_SIN),
	PAIR(guest_does_not_look_again, host, WAKEUP_LOST),
	PAIR(guest_looks_before_asking, host, WAKEUP_LOST),
	PAIR(guest_forgets_a_call, host_flushes, WAKEUP_LOST),
	PAIR(guest_decides_before_publishing, host, WAKEUP_LOST),
	PAIR(guest_publishes_before_adding, host, EITHER),
	PAIR(guest, host_does_not_look_again, WAKEUP_LOST),
	PAIR(guest, host_looks_before_asking, WAKEUP_LOST),
	PAIR(guest_delayed, host_forgets_a_kick, WAKEUP_LOST),
	PAIR(guest, host_does_not_ask, WAKEUP_LOST),
	PAIR(guest, host_returns_before_taking, ENTRY_LOST),
};

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

static bool is_expected(enum sin sin, const struct pair *pair)
{
	return sin == pair->sin || (sin && pair->sin == EITHER);
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
	enum sin sin;
	struct play p;

	memset(s->seen, 0, PLACES * sizeof *s->seen);
	s->states = s->depth = 0;
	s->sleeps[GUEST] = s->sleeps[HOST] = 0;
	start(&p, type, pair, slots, index, entries < 3 ? 3 : entries);
	sin = explore(s, &p);
	if (!is_expected(sin, pair)) {
		print_path(s, p);
		fail_msg("%s, %s, %u slots: %s lost, not %s", type->name,
			 pair->name, slots, sin_name(sin), sin_name(pair->sin));
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
	if (pair->sin)
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
		for (unsigned i = 0; i < N_PAIRS; i++)
			for (uint16_t n = 1; n <= MOST_SLOTS; n *= 2)
				try_pair(s, *t, &pairs[i], n);
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
			struct play p;
			enum sin sin;

			start(&p, *t, &pairs[i], 1u << (i % 3), 0, MANY);
			sin = wander(&p, rng);
			if (!is_expected(sin, &pairs[i]))
				fail_msg("%s, %s: %s lost, not %s", (*t)->name,
					 pairs[i].name, sin_name(sin),
					 sin_name(pairs[i].sin));
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
	static const struct pair nobody = {"", guest, host, NO_SIN};
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
}

/* What split_event and none are for, and what split_flags cannot: of a
 * consumer that does not come, how many kicks does a producer make? */
static void suppression_takes_effect_when_it_should(void **state)
{
	static const struct pair nobody = {"", guest, host, NO_SIN};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_order_of_few),
		cmocka_unit_test(in_random_orders_of_many),
		cmocka_unit_test(an_event_is_passed_once),
		cmocka_unit_test(a_stale_index_is_met_once_a_lap),
		cmocka_unit_test(suppression_takes_effect_when_it_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
