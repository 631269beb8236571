/* SPDX-License-Identifier: MIT */
/*
 * shm_signal in all interleavings of who tells and who is told, one access to
 * shared memory at a time, for a few entries: nothing is left lying while both
 * sleep. And with one step left out, or in the wrong place, something is.
 *
 * Who is told is either a bus, always enabled, that drains what there is; or a
 * device under NAPI, that turns signals off, polls, and turns them on again.
 */
#include "models/ring/shm_signal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum sin {
	NO_SIN,
	NO_LOOK_AFTER_SETTLING, /* wakeup(): no outer loop */
	NO_LOOK_AFTER_ENABLING, /* enable(): nothing is deferred */
	CLEAN_AFTERWARDS,	/* dirty is lowered behind the callback */
	MARK_LAST,		/* dirty is raised behind the look at pending */
	PENDING_ALONE		/* enable() asks for pending alone */
};

struct play {
	struct shm_signal s;
	uint8_t put, got, entries;
	uint8_t teller, told; /* the step each takes next */
	bool signalled;	      /* and has not noticed yet */
	bool napi, scheduled;
	uint8_t sin;
	uint8_t signals; /* not part of the state */
};

/* Who tells. True: it did something. */
static bool tell(struct play *p)
{
	switch (p->teller) {
	case 0:
		if (p->put == p->entries)
			return false;
		p->put++;
		p->teller = p->sin == MARK_LAST ? 2 : 1;
		return true;
	case 1:
		shm_mark(&p->s);
		p->teller = p->sin == MARK_LAST ? 0 : 2;
		return true;
	case 2:
		p->teller = shm_is_enabled(&p->s) ? 3
			    : p->sin == MARK_LAST ? 1
						  : 0;
		return true;
	case 3:
		p->teller = !shm_is_pending(&p->s) ? 4
			    : p->sin == MARK_LAST  ? 1
						   : 0;
		return true;
	case 4:
		shm_pend(&p->s);
		p->teller = 5;
		return true;
	default:
		p->signalled = true;
		p->signals++;
		p->teller = p->sin == MARK_LAST ? 1 : 0;
		return true;
	}
}

enum {
	ASLEEP,
	ENABLED,
	DIRTY,
	PENDING,
	CLEAN,
	CALLBACK,
	CLEAN_LATE,
	STILL_ENABLED,
	STILL_DIRTY,
	SETTLE,
	POLL,
	ENABLE,
	LOOK_DIRTY,
	LOOK_PENDING
};

/* The end of a wakeup: a softirq comes next, if one is due. */
static uint8_t leave(const struct play *p)
{
	return p->scheduled ? POLL : ASLEEP;
}

static void callback(struct play *p)
{
	if (!p->napi) {
		p->got = p->put;
		return;
	}
	if (p->got == p->put || p->scheduled)
		return;
	shm_off(&p->s);
	p->scheduled = true;
}

/* Who is told. */
static bool be_told(struct play *p)
{
	bool late = p->sin == CLEAN_AFTERWARDS;

	switch (p->told) {
	case ASLEEP:
		if (!p->signalled)
			return false;
		p->signalled = false;
		p->told = ENABLED;
		return true;
	case ENABLED:
		p->told = shm_is_enabled(&p->s) ? DIRTY : leave(p);
		return true;
	case DIRTY:
		p->told = shm_is_dirty(&p->s) ? CLEAN : PENDING;
		return true;
	case PENDING:
		p->told = shm_is_pending(&p->s) ? CLEAN : leave(p);
		return true;
	case CLEAN:
		if (!late)
			shm_clean(&p->s);
		p->told = CALLBACK;
		return true;
	case CALLBACK:
		callback(p);
		p->told = late ? CLEAN_LATE : STILL_ENABLED;
		return true;
	case CLEAN_LATE:
		shm_clean(&p->s);
		p->told = STILL_ENABLED;
		return true;
	case STILL_ENABLED:
		p->told = shm_is_enabled(&p->s) ? STILL_DIRTY : SETTLE;
		return true;
	case STILL_DIRTY:
		p->told = shm_is_dirty(&p->s) ? CLEAN : SETTLE;
		return true;
	case SETTLE:
		shm_settle(&p->s);
		p->told = p->sin == NO_LOOK_AFTER_SETTLING ? leave(p) : ENABLED;
		return true;
	case POLL:
		p->got = p->put;
		p->scheduled = false;
		p->told = ENABLE;
		return true;
	case ENABLE:
		shm_on(&p->s);
		p->told = p->sin == NO_LOOK_AFTER_ENABLING ? ASLEEP
			  : p->sin == PENDING_ALONE	   ? LOOK_PENDING
							   : LOOK_DIRTY;
		return true;
	case LOOK_DIRTY:
		p->told = shm_is_dirty(&p->s) ? ENABLED : LOOK_PENDING;
		return true;
	default:
		p->told = shm_is_pending(&p->s) ? ENABLED : ASLEEP;
		return true;
	}
}

/* A state in 32 bits. */
static uint32_t code(const struct play *p)
{
	uint32_t c = p->put;

	c = c << 3 | p->got;
	c = c << 3 | p->teller;
	c = c << 4 | p->told;
	c = c << 1 | p->signalled;
	c = c << 1 | p->scheduled;
	c = c << 1 | p->s.enabled;
	c = c << 1 | p->s.dirty;
	return c << 1 | p->s.pending;
}

static uint8_t *seen;
static unsigned n_states;

/* Is there a way to where both sleep and something lies there? */
static bool can_lose(const struct play *p)
{
	struct play a = *p, b = *p;
	uint32_t c = code(p);
	bool moved_a, moved_b;

	if (seen[c])
		return false;
	seen[c] = 1;
	n_states++;
	moved_a = tell(&a);
	moved_b = be_told(&b);
	if (!moved_a && !moved_b)
		return p->got != p->put;
	return (moved_a && can_lose(&a)) || (moved_b && can_lose(&b));
}

static bool loses(bool napi, enum sin sin)
{
	struct play p = {.entries = 5, .napi = napi, .sin = (uint8_t)sin};

	p.s.enabled = true;
	memset(seen, 0, 1u << 18);
	n_states = 0;
	return can_lose(&p);
}

static void nothing_is_lost(void **state)
{
	(void)state;
	assert_false(loses(false, NO_SIN));
	assert_true(n_states > 100);
	assert_false(loses(true, NO_SIN));
	assert_true(n_states > 500);
}

static void what_is_left_out_is_missed(void **state)
{
	(void)state;
	assert_true(loses(false, NO_LOOK_AFTER_SETTLING));
	assert_true(loses(true, NO_LOOK_AFTER_SETTLING) ||
		    loses(false, NO_LOOK_AFTER_SETTLING));
	assert_true(loses(true, NO_LOOK_AFTER_ENABLING));
	assert_true(loses(false, CLEAN_AFTERWARDS));
	assert_true(loses(false, MARK_LAST) || loses(true, MARK_LAST));
	assert_true(loses(true, PENDING_ALONE));
}

/* At random, with many entries: fewer signals than entries, all taken. */
static void random_order(void **state)
{
	unsigned signals = 0, entries = 0;

	(void)state;
	srand(1);
	for (unsigned run = 0; run < 2000; run++) {
		struct play p = {.entries = 200, .napi = run % 2};
		bool moving = true;

		p.s.enabled = true;
		while (moving) {
			bool first = rand() % 2;

			moving = first ? tell(&p) || be_told(&p)
				       : be_told(&p) || tell(&p);
		}
		assert_int_equal(p.got, p.put);
		signals += p.signals;
		entries += p.put;
	}
	assert_true(2 * signals < entries);
}

static int set_up(void **state)
{
	(void)state;
	seen = malloc(1u << 18);
	return seen ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(seen);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(what_is_left_out_is_missed),
		cmocka_unit_test(random_order),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
