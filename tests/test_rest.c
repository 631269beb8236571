/* SPDX-License-Identifier: MIT */
/*
 * Rest policies against tables worked out by hand: at which look, and having
 * found how much, does a consumer look again, ask and find more after all, or
 * sleep? The tables of the patch follow its text, not what it is said to do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "models/ring/rest.h"

#define BURST 4

enum course {
	AGAIN, /* the policy has it look again */
	FINDS, /* not so; but after asking there was something after all */
	SLEEPS /* and there was nothing */
};

struct look {
	sim_time now;
	unsigned found;
	enum course course;
};

/* Only a full burst makes it look again. */
static const struct look sleep_looks[] = {
	{1, 4, AGAIN},	{2, 3, SLEEPS},	 {3, 1, FINDS},
	{4, 0, SLEEPS}, {9, 4, AGAIN},	 {10, 4, AGAIN},
	{11, 0, FINDS}, {12, 0, SLEEPS}, {13, 1, SLEEPS}};

/*
 * As posted: what is found resets nothing, nor does a look after asking that
 * finds something. Once spent, each look asks, a full burst or not, until one
 * that sleeps. retries(3).
 */
static const struct look retries_looks[] = {
	{1, 2, AGAIN},	 {2, 0, AGAIN},	  {3, 4, AGAIN},  {4, 0, AGAIN},
	{5, 1, AGAIN},	 {6, 0, FINDS},	  {7, 2, FINDS},  {8, 4, FINDS},
	{9, 0, SLEEPS},	 {20, 1, AGAIN},  {21, 0, AGAIN}, {22, 0, AGAIN},
	{23, 0, SLEEPS}, {30, 0, AGAIN},  {31, 0, AGAIN}, {32, 4, AGAIN},
	{33, 0, FINDS},	 {34, 4, SLEEPS}, {40, 0, AGAIN}};

/* Less than a burst counts. retries_burst(3). */
static const struct look retries_burst_looks[] = {
	{1, 4, AGAIN}, {2, 3, AGAIN}, {3, 4, AGAIN},   {4, 0, AGAIN},
	{5, 1, FINDS}, {6, 4, FINDS}, {7, 4, SLEEPS},  {8, 3, AGAIN},
	{9, 1, AGAIN}, {9, 4, AGAIN}, {10, 0, SLEEPS}, {11, 0, AGAIN}};

/* In a row: what is found resets, and so does a sleep. retries_reset(3). */
static const struct look retries_reset_looks[] = {
	{1, 0, AGAIN},	 {2, 0, AGAIN},	 {3, 1, AGAIN},	 {4, 0, AGAIN},
	{5, 0, AGAIN},	 {6, 0, SLEEPS}, {17, 0, AGAIN}, {18, 0, AGAIN},
	{19, 0, FINDS},	 {20, 0, FINDS}, {21, 1, AGAIN}, {22, 0, AGAIN},
	{23, 0, AGAIN},	 {24, 4, AGAIN}, {25, 0, AGAIN}, {26, 0, AGAIN},
	{27, 0, SLEEPS}, {28, 0, AGAIN}};

/* A time since something was found, however often it looks; a kick for nothing
 * buys none. spin(100ps). */
static const struct look spin_looks[] = {
	{50, 0, AGAIN},	  {99, 0, AGAIN},   {100, 0, SLEEPS}, {500, 0, SLEEPS},
	{600, 1, AGAIN},  {600, 0, AGAIN},  {699, 0, AGAIN},  {699, 4, AGAIN},
	{798, 0, AGAIN},  {799, 0, SLEEPS}, {900, 2, AGAIN},  {1000, 0, FINDS},
	{1001, 0, FINDS}, {1002, 1, AGAIN}};

/*
 * adaptive(25%). Beside each look: what is known of the short gaps, awake and
 * with a sleep in them, of the price of a sleep, and the account after it.
 */
static const struct look adaptive_looks[] = {
	{800, 1, AGAIN},    /* gap 800 */
	{1500, 1, AGAIN},   /* gap 800 - 800/8 = 700 */
	{2300, 1, AGAIN},   /* gap 700 + 700/56 = 712 */
	{2400, 0, SLEEPS},  /* a sleep is free, as far as it knows */
	{6012, 1, AGAIN},   /* slept gap 3712, price 3000 */
	{8012, 0, AGAIN},   /* earned 2000/4: 500 */
	{18008, 0, AGAIN},  /* 2999 */
	{18012, 0, SLEEPS}, /* 3000, and paid: 0 */
	{98012, 1, AGAIN},  /* at most 12000; slept gap 3712 + 66, price 3066 */
	{98013, 0, SLEEPS}, /* 12000 - 3066 = 8934 */
	{101000, 1, AGAIN}, /* 9680; slept gap 3778 - 472, price 2594 */
	{101001, 0, FINDS}, /* not slept, so not paid */
	{101002, 0, SLEEPS}, /* 7086 */
	{101003, 0, SLEEPS}, /* 4492 */
	{101004, 0, SLEEPS}, /* 1898 */
	{101005, 0, AGAIN}};

#define TABLE(looks) looks, sizeof looks / sizeof *looks

static const struct table {
	const char *policy;
	int64_t limit;
	double share;
	const struct look *looks;
	size_t n;
} tables[] = {
	{"sleep", 0, 0, TABLE(sleep_looks)},
	{"retries", 3, 0, TABLE(retries_looks)},
	{"retries_burst", 3, 0, TABLE(retries_burst_looks)},
	{"retries_reset", 3, 0, TABLE(retries_reset_looks)},
	{"spin", 100, 0, TABLE(spin_looks)},
	{"adaptive", 0, 0.25, TABLE(adaptive_looks)},
};

static struct choice_value policy_of(const struct table *t)
{
	struct choice_value v = {0};

	while (strcmp(rest_choices[v.which].name, t->policy))
		assert_non_null(rest_choices[++v.which].name);
	if (rest_choices[v.which].argument == PARAM_TIME)
		v.arg.time = t->limit;
	else if (rest_choices[v.which].argument == PARAM_COUNT)
		v.arg.count = t->limit;
	else
		v.arg.number = t->share;
	return v;
}

static void must_follow(const struct table *t)
{
	struct choice_value policy = policy_of(t);
	struct rest r;

	rest_init(&r, &policy, BURST);
	for (size_t i = 0; i < t->n; i++) {
		const struct look *l = &t->looks[i];

		if (rest_again(&r, l->now, l->found) != (l->course == AGAIN))
			fail_msg("%s, look %zu at %d", t->policy, i + 1,
				 (int)l->now);
		if (l->course == SLEEPS)
			rest_slept(&r);
	}
}

static void every_policy_follows_its_table(void **state)
{
	size_t n = sizeof tables / sizeof *tables, policies = 0;

	(void)state;
	while (rest_choices[policies].name)
		policies++;
	assert_int_equal(n, policies);
	for (size_t i = 0; i < n; i++)
		must_follow(&tables[i]);
}

/* retries(1) is the least: the first look that finds nothing sleeps. */
static void one_retry_is_none(void **state)
{
	static const struct look looks[] = {
		{1, 1, AGAIN}, {2, 0, SLEEPS}, {3, 4, AGAIN}, {4, 0, SLEEPS}};
	static const char *const policies[] = {"retries", "retries_reset"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct table t = {policies[i], 1, 0, TABLE(looks)};

		must_follow(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_policy_follows_its_table),
		cmocka_unit_test(one_retry_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
