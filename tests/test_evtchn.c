/* SPDX-License-Identifier: MIT */
/*
 * Event channels, step by step, against tables worked out by hand from Xen's
 * sources. A script is a word a step, with a number where it needs one:
 *
 *	send7 clear7 mask7 unmask7 (with the re-check) bare7 (without)
 *	block	SCHEDOP_block		poll7,8 SCHEDOP_poll with these ports
 *	on off	upcall_mask cleared, set
 *	ack	upcall_pending cleared, as a callback does
 *	scan	the guest looks, in the right order
 *
 * and each answers with what came of it: `+` a new event, `=` merged, `^` an
 * upcall is announced, `!` vCPU 0 is unblocked; of block and poll `z` it
 * sleeps, `r` it returns, `E` -EINVAL; of a scan the ports it found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/evtchn.h"

struct table {
	struct evtchn e;
	char said[512];
};

static void say(struct table *t, const char *what)
{
	assert_true(strlen(t->said) + strlen(what) < sizeof t->said);
	strcat(t->said, what);
}

static void say_sent(struct table *t, struct evtchn_sent sent)
{
	if (sent.upcall)
		say(t, "^");
	if (sent.unblock & 1)
		say(t, "!");
	if (sent.unblock & 2)
		say(t, "!1");
}

static void do_send(struct table *t, unsigned port)
{
	struct evtchn_sent sent = evtchn_set_pending(&t->e, port);

	say(t, sent.merged ? "=" : "+");
	say_sent(t, sent);
}

static void do_poll(struct table *t, unsigned vcpu, const char *list)
{
	static const char *const words[] = {"z", "r", "E"};
	uint16_t ports[8];
	unsigned n = 0;

	while (*list) {
		char *end;

		ports[n++] = (uint16_t)strtoul(list, &end, 10);
		list = *end ? end + 1 : end;
	}
	say(t, words[evtchn_poll(&t->e, vcpu, ports, n)]);
}

static void do_scan(struct table *t)
{
	uint16_t ports[64];
	unsigned n = evtchn_scan(&t->e, 0, ports, 64);
	char text[16];

	say(t, "(");
	for (unsigned i = 0; i < n; i++) {
		snprintf(text, sizeof text, i ? ",%u" : "%u", ports[i]);
		say(t, text);
	}
	say(t, ")");
}

static bool does(const char *word, const char *what, unsigned *port)
{
	size_t n = strlen(what);

	if (strncmp(word, what, n) ||
	    (word[n] && (word[n] < '0' || word[n] > '9')))
		return false;
	*port = (unsigned)atoi(word + n);
	return true;
}

static void do_word(struct table *t, const char *word)
{
	struct evtchn_vcpu *v = &t->e.vcpus[0];
	unsigned port;

	if (does(word, "send", &port))
		do_send(t, port);
	else if (does(word, "clear", &port))
		evtchn_clear(&t->e, port);
	else if (does(word, "mask", &port))
		evtchn_mask(&t->e, port);
	else if (does(word, "bare", &port))
		evtchn_mask_clear(&t->e, port);
	else if (does(word, "unmask", &port))
		say_sent(t, evtchn_unmask(&t->e, port));
	else if (does(word, "wake", &port))
		say(t, evtchn_unblock(&t->e, port) ? "!" : "-");
	else if (!strcmp(word, "block"))
		say(t, evtchn_block(&t->e, 0) ? "z" : "r");
	else if (!strcmp(word, "on") || !strcmp(word, "off"))
		v->upcall_mask = word[1] == 'f';
	else if (!strcmp(word, "ack"))
		v->upcall_pending = false;
	else if (!strcmp(word, "scan"))
		do_scan(t);
	else if (!strncmp(word, "poll", 4))
		do_poll(t, 0, word + 4);
	else
		fail_msg("%s", word);
}

static void play(struct table *t, const char *script, const char *answer)
{
	char text[256], *rest = text, *word;

	assert_true(strlen(script) < sizeof text);
	strcpy(text, script);
	t->said[0] = '\0';
	while ((word = strsep(&rest, " ")))
		do_word(t, word);
	assert_string_equal(t->said, answer);
}

/* From a fresh guest. */
static void fresh(const char *script, const char *answer)
{
	struct table t;

	evtchn_init(&t.e, 2);
	play(&t, script, answer);
}

/* --- the three marks ---------------------------------------------------- */

static void a_fresh_guest_masks_upcalls_and_no_port(void **state)
{
	struct table t;

	(void)state;
	evtchn_init(&t.e, 3);
	for (unsigned port = 0; port < EVTCHN_PORTS; port++)
		assert_false(evtchn_is_masked(&t.e, port) ||
			     evtchn_is_pending(&t.e, port));
	for (unsigned i = 0; i < 3; i++)
		assert_true(t.e.vcpus[i].upcall_mask &&
			    !t.e.vcpus[i].upcall_pending);
	assert_true(t.e.unmasked_wakes_poller);
}

static void sends_merge_until_the_bit_is_cleared(void **state)
{
	(void)state;
	fresh("send7 send7 send7", "+^==");
	/* The next to come finds its word selected: no second upcall. */
	fresh("send7 send8", "+^+");
	/* Cleared by hand, without a look: new, but nobody is told anew. */
	fresh("send7 clear7 send7", "+^+");
	/* Acknowledged only: the word is selected still. */
	fresh("send7 ack send8", "+^+");
	/* Another word: announced. */
	fresh("send7 ack send70", "+^+^");
	fresh("send7 scan send7 send7", "+^(7)+^=");
}

static void all_4096_ports_have_bits_of_their_own(void **state)
{
	struct table t;
	uint16_t ports[64];
	unsigned n, next = 0;

	(void)state;
	evtchn_init(&t.e, 1);
	for (unsigned port = EVTCHN_PORTS; port-- > 0;)
		assert_false(evtchn_set_pending(&t.e, port).merged);
	while ((n = evtchn_scan(&t.e, 0, ports, 50)) > 0)
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(ports[i], next++);
	assert_int_equal(next, EVTCHN_PORTS);
}

static void a_masked_port_only_becomes_pending(void **state)
{
	(void)state;
	fresh("mask7 send7 send7 scan", "+=()");
	fresh("mask7 block send7", "z+");
	/* Masked after it was selected: a look does not see it. */
	fresh("send7 mask7 scan bare7 scan", "+^()()");
}

/* --- unmasking ---------------------------------------------------------- */

static void unmasking_looks_for_what_was_held_back(void **state)
{
	(void)state;
	fresh("mask7 send7 unmask7 scan", "+^(7)");
	fresh("mask7 block send7 unmask7", "z+^!");
	fresh("mask7 unmask7 send7", "+^");
	/* It was not masked: nothing is made up for. */
	fresh("send7 scan mask7 send7 bare7 unmask7 scan", "+^(7)+()");
}

/* Clearing the bit alone wedges the port: what is pending is not selected, and
 * all that follows merges. */
static void unmasking_without_a_look_wedges_the_port(void **state)
{
	(void)state;
	fresh("mask7 send7 bare7 block send7 send7 scan", "+z==()");
	/* Another event of its word shows it by chance. */
	fresh("mask7 send7 bare7 block send8 scan", "+z+^!(7,8)");
	fresh("mask7 send7 bare7 block send70 scan", "+z+^!(70)");
}

/* --- looking ------------------------------------------------------------ */

/* An event that comes after the look for its word, but before the look is over,
 * is announced: upcall_pending was cleared before. */
static void a_look_announces_what_it_was_too_early_for(void **state)
{
	struct table t;
	struct evtchn_look l;

	(void)state;
	evtchn_init(&t.e, 1);
	play(&t, "send70", "+^");
	evtchn_look_begin(&t.e, 0, &l);
	assert_int_equal(evtchn_look_next(&t.e, 0, &l), 70);
	evtchn_clear(&t.e, 70);
	play(&t, "send7", "+^");
	assert_int_equal(evtchn_look_next(&t.e, 0, &l), -1);
	play(&t, "block scan", "r(7)");
}

/* The other way round the event is lost: its announcement is cleared with the
 * old one, and its word is selected already. */
static void clearing_the_announcement_last_loses_an_event(void **state)
{
	struct table t;
	struct evtchn_look l;

	(void)state;
	evtchn_init(&t.e, 1);
	play(&t, "send70", "+^");
	evtchn_look_begin(&t.e, 0, &l);
	t.e.vcpus[0].upcall_pending = true; /* not yet */
	assert_int_equal(evtchn_look_next(&t.e, 0, &l), 70);
	evtchn_clear(&t.e, 70);
	play(&t, "send7", "+");
	play(&t, "ack block send8 send7", "z+=");
}

/* A port that is sent to again behind the look's back waits for the next; one
 * still before it is found. */
static void a_look_goes_on_upwards(void **state)
{
	struct table t;
	struct evtchn_look l;

	(void)state;
	evtchn_init(&t.e, 1);
	play(&t, "send9", "+^");
	evtchn_look_begin(&t.e, 0, &l);
	assert_int_equal(evtchn_look_next(&t.e, 0, &l), 9);
	evtchn_clear(&t.e, 9);
	play(&t, "send9 send3 send63", "+^++");
	assert_int_equal(evtchn_look_next(&t.e, 0, &l), 63);
	evtchn_clear(&t.e, 63);
	assert_int_equal(evtchn_look_next(&t.e, 0, &l), -1);
	play(&t, "scan", "(3,9)");
}

/* One that is full leaves the rest announced; and nothing where there is none:
 * the next event is new. */
static void a_scan_may_be_too_short(void **state)
{
	struct table t;
	uint16_t port;

	(void)state;
	evtchn_init(&t.e, 1);
	play(&t, "send7 send8", "+^+");
	assert_int_equal(evtchn_scan(&t.e, 0, &port, 1), 1);
	play(&t, "block", "r");
	assert_int_equal(evtchn_scan(&t.e, 0, &port, 1), 1);
	assert_int_equal(port, 8);
	play(&t, "block send9", "z+^!");
}

static void each_vcpu_sees_its_own_ports(void **state)
{
	struct table t;
	uint16_t ports[4];

	(void)state;
	evtchn_init(&t.e, 2);
	t.e.vcpu_of[8] = 1;
	play(&t, "send7 send8 scan", "+^+^(7)");
	assert_int_equal(evtchn_scan(&t.e, 1, ports, 4), 1);
	assert_int_equal(ports[0], 8);
}

/* --- block -------------------------------------------------------------- */

static void a_block_lets_upcalls_in_and_looks(void **state)
{
	(void)state;
	fresh("block send7 send7", "z+^!=");
	fresh("send7 block", "+^r");
	fresh("send7 scan block send7", "+^(7)z+^!");
	/* It looks at upcall_pending alone: an announcement that was cleared
	 * without a look is forgotten. */
	fresh("send7 ack block send7 send8", "+^z=+");
	/* They stay let in. */
	fresh("block send7 poll8", "z+^!r");
	/* A timer ends it; a second one finds it awake. */
	fresh("block wake0 wake0", "z!-");
}

/* --- poll --------------------------------------------------------------- */

static void a_poll_looks_at_its_ports(void **state)
{
	(void)state;
	fresh("poll7,8 send8", "z+^!");
	fresh("send8 poll7,8", "+^r");
	/* As often as it is asked: the bit is a level to it. */
	fresh("send8 poll7,8 poll7,8", "+^rr");
	/* A mask is nothing to it, neither before nor after. */
	fresh("mask8 send8 poll7,8", "+r");
	fresh("mask8 poll7,8 send8", "z+!");
	/* With upcalls on any announced event turns it away. */
	fresh("send9 poll7,8", "+^z");
	fresh("on send9 poll7,8", "+^r");
}

static void a_poll_for_several_ends_by_any_port(void **state)
{
	(void)state;
	fresh("poll7,8 send9", "z+^!");
	fresh("mask9 poll7,8 send9", "z+!");
	fresh("poll send9", "z+^!");
	/* For one: an unmasked port still ends it, by its announcement. */
	fresh("poll7 send9", "z+^!");
	fresh("mask9 poll7 send9 send7", "z++^!");
	/* Announced before, so not again, and the list is not its own. */
	fresh("send9 poll7 send10 send7", "+^z++!");
}

/* What was pending on a port that is not in the list never ends the poll: all
 * that follows on it merges. */
static void a_poll_is_blind_to_what_was_pending_elsewhere(void **state)
{
	(void)state;
	fresh("send9 poll7,8 send9 send9", "+^z==");
	fresh("send9 poll7,8 send9 send10", "+^z=+!");
	fresh("send9 poll7,8 send9 wake0 scan", "+^z=!(9)");
}

static void a_poll_takes_128_ports(void **state)
{
	struct evtchn e;
	uint16_t ports[POLL_PORTS_MAX + 1];

	(void)state;
	evtchn_init(&e, 1);
	for (unsigned i = 0; i <= POLL_PORTS_MAX; i++)
		ports[i] = (uint16_t)(i + 1);
	assert_int_equal(evtchn_poll(&e, 0, ports, 129), POLL_EINVAL);
	assert_false(e.vcpus[0].blocked);
	assert_int_equal(evtchn_poll(&e, 0, ports, 128), POLL_SLEEPS);
	assert_true(e.vcpus[0].blocked);
	evtchn_unblock(&e, 0);
	evtchn_set_pending(&e, 128);
	assert_int_equal(evtchn_poll(&e, 0, ports, 128), POLL_RETURNS);
	assert_int_equal(evtchn_poll(&e, 0, ports, 129), POLL_EINVAL);
}

/* vCPU 1 polls; an event for vCPU 0 wakes it as well, for the mask of pollers
 * is the domain's. */
static void pollers_of_a_domain_hear_of_all_its_events(void **state)
{
	struct table t;

	(void)state;
	evtchn_init(&t.e, 2);
	t.said[0] = '\0';
	do_poll(&t, 1, "7,8");
	assert_string_equal(t.said, "z");
	play(&t, "block send9 send10", "z+^!!1+");
	t.said[0] = '\0';
	do_poll(&t, 1, "7");
	play(&t, "scan send9 send7", "(9,10)+^+!1");
}

/* The thread's belief: the event is there, the poller sleeps. Masked it would
 * wake; block is as ever. */
static void as_the_thread_believed(void **state)
{
	struct table t;

	(void)state;
	evtchn_init(&t.e, 1);
	t.e.unmasked_wakes_poller = false;
	play(&t, "poll7,8 send7 send9 wake0 scan", "z+^+!(7,9)");
	play(&t, "mask7 poll7,8 send7", "z+!");
	play(&t, "block send9", "z+^!");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_guest_masks_upcalls_and_no_port),
		cmocka_unit_test(sends_merge_until_the_bit_is_cleared),
		cmocka_unit_test(all_4096_ports_have_bits_of_their_own),
		cmocka_unit_test(a_masked_port_only_becomes_pending),
		cmocka_unit_test(unmasking_looks_for_what_was_held_back),
		cmocka_unit_test(unmasking_without_a_look_wedges_the_port),
		cmocka_unit_test(a_look_announces_what_it_was_too_early_for),
		cmocka_unit_test(clearing_the_announcement_last_loses_an_event),
		cmocka_unit_test(a_look_goes_on_upwards),
		cmocka_unit_test(a_scan_may_be_too_short),
		cmocka_unit_test(each_vcpu_sees_its_own_ports),
		cmocka_unit_test(a_block_lets_upcalls_in_and_looks),
		cmocka_unit_test(a_poll_looks_at_its_ports),
		cmocka_unit_test(a_poll_for_several_ends_by_any_port),
		cmocka_unit_test(a_poll_is_blind_to_what_was_pending_elsewhere),
		cmocka_unit_test(a_poll_takes_128_ports),
		cmocka_unit_test(pollers_of_a_domain_hear_of_all_its_events),
		cmocka_unit_test(as_the_thread_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
