/* SPDX-License-Identifier: MIT */
/*
 * The two sides of a ring for test_ring.c: what they can do, one call of
 * ring.h each, and tables of such steps that are right or, in one place, wrong.
 */
#ifndef TESTS_RING_SIDES_H
#define TESTS_RING_SIDES_H

#include "models/ring/flavours.h"

#define MOST_SLOTS 4

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

static enum answer popped(struct play *p)
{
	ring_popped(&p->ring);
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
	[0] = ROW(look_avail, 1, 5), [1] = ROW(pop, 15, 0),                    \
	[15] = ROW(popped, 2, 0),                                              \
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
	[10] = ROW(pop, 16, 0),
	[16] = ROW(popped, 11, 0),
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
	[10] = ROW(pop, 16, 0),
	[16] = ROW(popped, 11, 0),
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

#define PAIR(guest_, host_, sin_)                                              \
	{#guest_ " and " #host_, guest_, host_, sin_, sin_}
/* Right only where an event moves along with what is taken. */
#define PAIR_MOVED(guest_, host_)                                              \
	{#guest_ " and " #host_, guest_, host_, NO_SIN, WAKEUP_LOST}
/* clang-format on */

static const struct pair {
	const char *name;
	const struct step *guest, *host;
	enum sin sin, sin_xen; /* that must be found */
} pairs[] = {
	PAIR(guest, host, NO_SIN),
	PAIR(guest, host_flushes, NO_SIN),
	PAIR(guest_delayed, host, NO_SIN),
	PAIR(guest_delayed, host_flushes, NO_SIN),
	PAIR_MOVED(guest_insists, host),
	PAIR_MOVED(guest, host_timer),
	PAIR_MOVED(guest_insists, host_timer),
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

#endif
