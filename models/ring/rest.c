/* SPDX-License-Identifier: MIT */
/*
 * sleep: look again only after a full burst. QEMU before the patch.
 *
 * retries(n): the patch of Rizzo, "RFC: handling 'backend too fast' in
 * virtio-net", qemu-devel, 14 Feb 2013, to the letter. A look that finds
 * nothing counts; while the count is below n the consumer looks again. The
 * count is cumulative: finding something does not reset it, only going to
 * sleep does. So it is a budget per active episode, not "n empty looks in a
 * row", and once it is spent every later look asks for a notification. The
 * test for a full burst is gone.
 *
 * retries_burst(n): the variant the same mail mentions: a look that finds less
 * than a full burst counts.
 *
 * retries_reset(n): n empty looks in a row; finding something resets.
 *
 * spin(t): look again until nothing was found for t. What the mail wishes for:
 * "bound the amount of time". vhost's busyloop_timeout.
 *
 * adaptive(t): minimises the worst loss over guests of different speed for
 * the CPU it burns. It is the buyer of skis who has seen the weather: a sleep
 * costs a fixed price (a kick, a wake-up; the argument t is that price in time
 * one would spin for at the most), a spin costs its length. It keeps a running
 * mean of the gap from one find to the next (weight 1/8). If the usual gap is
 * below t it spins, up to t; if it is above, to spin is to pay twice, and it
 * sleeps at once. A gap that ended in a sleep contains the price of the sleep,
 * up to t, which is taken off before it is learnt; otherwise a policy that has
 * once begun to sleep would never see short gaps again.
 */
#include "models/ring/rest.h"

static bool sleep_again(struct rest *r, sim_time now, unsigned found)
{
	(void)now;
	return found >= r->burst;
}

static bool retries_again(struct rest *r, sim_time now, unsigned found)
{
	(void)now;
	if (found == 0)
		r->tries++;
	return r->tries < r->limit.arg.count;
}

static bool retries_burst_again(struct rest *r, sim_time now, unsigned found)
{
	(void)now;
	if (found < r->burst)
		r->tries++;
	return r->tries < r->limit.arg.count;
}

static bool retries_reset_again(struct rest *r, sim_time now, unsigned found)
{
	(void)now;
	r->tries = found > 0 ? 0 : r->tries + 1;
	return r->tries < r->limit.arg.count;
}

static void retries_slept(struct rest *r)
{
	r->tries = 0;
}

static bool spin_again(struct rest *r, sim_time now, unsigned found)
{
	if (found > 0)
		r->last = now;
	return now - r->last < r->limit.arg.time;
}

static void learn_gap(struct rest *r, sim_time now)
{
	sim_time gap = now - r->last;

	if (r->slept)
		gap -= gap < r->limit.arg.time ? gap : r->limit.arg.time;
	r->gap += (gap - r->gap) / 8;
	r->last = now;
	r->slept = false;
}

static bool adaptive_again(struct rest *r, sim_time now, unsigned found)
{
	if (found > 0)
		learn_gap(r, now);
	return r->gap < r->limit.arg.time && now - r->last < r->limit.arg.time;
}

static void adaptive_slept(struct rest *r)
{
	r->slept = true;
}

static const struct rest_type rest_types[] = {
	{sleep_again, NULL},
	{retries_again, retries_slept},
	{retries_burst_again, retries_slept},
	{retries_reset_again, retries_slept},
	{spin_again, NULL},
	{adaptive_again, adaptive_slept},
};

const struct choice rest_choices[] = {
	{"sleep", PARAM_NONE, NULL, NULL,
	 "Sleep unless the last look found a full burst."},
	{"retries", PARAM_COUNT, "1", "1000000",
	 "So many empty looks per active episode; only a sleep resets."},
	{"retries_burst", PARAM_COUNT, "1", "1000000",
	 "So many looks below a full burst; only a sleep resets."},
	{"retries_reset", PARAM_COUNT, "1", "1000000",
	 "So many empty looks in a row."},
	{"spin", PARAM_TIME, "1ns", "1s",
	 "Look again until nothing was found for this long."},
	{"adaptive", PARAM_TIME, "1ns", "1s",
	 "Spin for at most this long, and only if the usual gap is shorter."},
	{0}};

void rest_init(struct rest *r, const struct choice_value *policy,
	       unsigned burst)
{
	*r = (struct rest){.type = &rest_types[policy->which],
			   .limit = *policy,
			   .burst = burst};
}
