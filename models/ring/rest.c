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
 * adaptive(p): notifications may cost the producer about the share p of its
 * time, and within that the consumer burns as little CPU as it can. So the loss
 * is much the same whatever the producer's speed, where a fixed budget is
 * generous to the one and ruinous to the other. An account earns p for each
 * unit of time; a sleep costs its price, and is taken on the first empty look
 * that finds the price in the account. A producer that is idle for long is
 * slept for at once: the account fills meanwhile, up to a few prices, so that a
 * pause is no licence to sleep often afterwards.
 *     The price is learnt: by how much the gap from one find to the next is
 * longer when a sleep lies in it. Compared are the shortest eighths of the
 * gaps, because what makes gaps long is the producer's own doing; a mean would
 * take its pauses for the price. What the consumer cannot see is what the exit
 * takes of the producer after the kick; so the loss comes out above p.
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

#define ACCOUNT_HOLDS 4 /* prices */

/* Follows the shortest eighth of the samples: a step down is seven times one
 * up. */
static void learn(sim_time *eighth, sim_time sample)
{
	if (*eighth == 0)
		*eighth = sample;
	else if (sample < *eighth)
		*eighth -= *eighth / 8;
	else
		*eighth += *eighth / 56;
}

static void learn_gap(struct rest *r, sim_time gap)
{
	learn(r->slept ? &r->slept_gap : &r->gap, gap);
	r->slept = false;
	r->price = r->slept_gap > r->gap ? r->slept_gap - r->gap : 0;
}

static void earn(struct rest *r, sim_time now)
{
	sim_time most = ACCOUNT_HOLDS * r->price;
	double earned = r->limit.arg.number * (double)(now - r->counted);

	r->counted = now;
	r->account += (sim_time)earned;
	if (r->account > most)
		r->account = most;
}

static bool adaptive_again(struct rest *r, sim_time now, unsigned found)
{
	earn(r, now);
	if (found == 0)
		return r->account < r->price;
	learn_gap(r, now - r->last);
	r->last = now;
	return true;
}

static void adaptive_slept(struct rest *r)
{
	r->account -= r->price;
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
	{"adaptive", PARAM_RATIO, "0.001", "1",
	 "Sleep as often as costs the producer this share of its time."},
	{0}};

void rest_init(struct rest *r, const struct choice_value *policy,
	       unsigned burst)
{
	*r = (struct rest){.type = &rest_types[policy->which],
			   .limit = *policy,
			   .burst = burst};
}
