/* SPDX-License-Identifier: MIT */
/*
 * A message's price: a hand-written loop, with a cheap exponential and with the
 * very draws ringsim makes; and ringsim, with all its metrics.
 *
 * The loop is two clocks and an index, no engine. Whoever is due first acts; on
 * a tie the producer, which has planned its message before the consumer began
 * the one before.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/pair.h"
#include "bench/subject.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE struct tally pair(double (*draw)(void *), void *source)
{
	int64_t publishes, consumed = INT64_MAX; /* INT64_MAX: asleep */
	uint16_t avail = 0, used = 0, event = 0;
	struct tally t = {0};

	publishes = (int64_t)(PAIR_BASE + draw(source) + 0.5);
	while (publishes < PAIR_END) {
		if (publishes > consumed) {
			used++;
			consumed += PAIR_CONSUME;
			if (used == avail) {
				event = used;
				consumed = INT64_MAX;
			}
			continue;
		}
		t.items++;
		if (avail++ == event) {
			t.kicks++;
			publishes += PAIR_KICK;
			consumed = publishes + PAIR_STARTUP + PAIR_CONSUME;
		}
		if ((uint16_t)(avail - used) == PAIR_SLOTS)
			abort();
		publishes += (int64_t)(PAIR_BASE + draw(source) + 0.5);
	}
	return t;
}

/* xorshift64, Marsaglia 2003: good enough, and nothing is cheaper. */
ALWAYS_INLINE double draw_cheap(void *source)
{
	uint64_t *x = source;

	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return -PAIR_SPREAD * log(((double)(*x >> 11) + 0.5) * 0x1p-53);
}

ALWAYS_INLINE double draw_same(void *source)
{
	return gsl_ran_exponential(source, PAIR_SPREAD);
}

static struct tally by_hand_cheap(void)
{
	uint64_t x = 88172645463325252;
	double begin = cpu_ns();
	struct tally t = pair(draw_cheap, &x);

	sample("pair", "by-hand-cheap", begin, t.items);
	return t;
}

static struct tally pair_by_hand(gsl_rng *rng)
{
	return pair(draw_same, rng);
}

/* Drawn ahead, as ringsim does (sim/cost.c): few would think of it. */
struct batch {
	gsl_rng *rng;
	double drawn[32];
	unsigned left;
};

ALWAYS_INLINE double draw_ahead(void *source)
{
	struct batch *b = source;

	if (b->left == 0)
		for (; b->left < 32; b->left++)
			b->drawn[31 - b->left] =
				gsl_ran_exponential(b->rng, PAIR_SPREAD);
	return b->drawn[--b->left];
}

static struct tally pair_drawn_ahead(gsl_rng *rng)
{
	struct batch b = {.rng = rng};

	return pair(draw_ahead, &b);
}

/* With ringsim's draws of the producer's work. */
static struct tally same_draws(const char *who, struct tally (*run)(gsl_rng *))
{
	struct sim *sim = sim_new(1 << 24, PAIR_SEED);
	gsl_rng *rng = rng_stream(sim, "producer.work");
	double begin = cpu_ns();
	struct tally t = run(rng);

	sample("pair", who, begin, t.items);
	sim_free(sim);
	return t;
}

static struct tally by_ringsim(struct subject *s)
{
	double begin = cpu_ns();
	struct tally t;

	subject_run(s, PAIR_SEED);
	t.kicks = (uint64_t)subject_value(s, "producer.kicks");
	t.items = (uint64_t)(subject_value(s, "producer.rate") *
				     time_sec(subject_measure(s)) +
			     0.5);
	sample("pair", "ringsim", begin, t.items);
	return t;
}

/* The last kick may be under way when the run ends. */
static void must_be_same(const struct tally *ringsim, const struct tally *other)
{
	must_agree("messages", (double)ringsim->items, (double)other->items, 0);
	must_agree("kicks", (double)ringsim->kicks, (double)other->kicks, 1);
}

int main(int argc, char **argv)
{
	struct tally cheap, same, ahead, ringsim;
	struct subject s;

	if (argc != 2)
		return 2;
	subject_load(&s, argv[1], NULL, 0);
	cheap = by_hand_cheap();
	same = same_draws("by-hand", pair_by_hand);
	ahead = same_draws("by-hand-ahead", pair_drawn_ahead);
	ringsim = by_ringsim(&s);
	must_agree("messages", (double)ringsim.items, (double)cheap.items,
		   0.005 * (double)cheap.items);
	must_be_same(&ringsim, &same);
	must_be_same(&ringsim, &ahead);
#ifdef BENCH_NS3
	same = same_draws("ns-3", pair_on_ns3);
	must_be_same(&ringsim, &same);
#endif
	printf("# pair: %lu messages, %lu kicks, trace %016lx\n",
	       (unsigned long)ringsim.items, (unsigned long)ringsim.kicks,
	       (unsigned long)s.out.trace_hash);
	subject_free(&s);
	return 0;
}
