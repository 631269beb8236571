/* SPDX-License-Identifier: MIT */
/*
 * A tournament over leaves: who is due first?
 *
 * Every leaf holds one (time, sequence) key; every inner node the leaf that
 * wins below it. Changing a leaf replays the matches on its way to the root,
 * log2(leaves) of them, each a comparison of two keys that lie beside each
 * other. Unlike a heap nothing moves, so a leaf needs no back pointer, and to
 * change, to cancel and to plan are one operation.
 *
 *            1            node i plays the winners of 2i and 2i+1;
 *         /     \         the leaves are nodes n .. 2n-1
 *        2       3
 *       / \     / \
 *      4   5   6   7
 *
 * An idle leaf has time SIM_NEVER and loses to everybody.
 */
#ifndef SIM_TOURNAMENT_H
#define SIM_TOURNAMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

struct key {
	sim_time at;
	uint64_t sequence;
};

struct tournament {
	struct key *keys;  /* one per leaf; owned by the caller's arena */
	uint32_t *winners; /* winners[1] is the root */
	uint32_t n;	   /* leaves, a power of two, at least 2 */
};

/* The tie rule, all of it. */
static inline bool key_before(const struct key *a, const struct key *b)
{
	return a->at < b->at || (a->at == b->at && a->sequence < b->sequence);
}

static inline sim_time tournament_time(const struct tournament *t,
				       uint32_t leaf)
{
	return t->keys[leaf].at;
}

static inline uint32_t tournament_winner(const struct tournament *t)
{
	return t->winners[1];
}

static inline sim_time tournament_next(const struct tournament *t)
{
	return t->keys[t->winners[1]].at;
}

static inline uint32_t tournament_match(const struct tournament *t, uint32_t a,
					uint32_t b)
{
	return key_before(&t->keys[b], &t->keys[a]) ? b : a;
}

static inline void tournament_set(struct tournament *t, uint32_t leaf,
				  sim_time at, uint64_t sequence)
{
	uint32_t node = (t->n + leaf) / 2;
	uint32_t winner;

	t->keys[leaf] = (struct key){at, sequence};
	winner = tournament_match(t, leaf, leaf ^ 1);
	for (;;) {
		t->winners[node] = winner;
		if (node == 1)
			return;
		winner = tournament_match(t, winner, t->winners[node ^ 1]);
		node /= 2;
	}
}

#endif
