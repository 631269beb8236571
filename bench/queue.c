/* SPDX-License-Identifier: MIT */
/*
 * Which event queue? The tournament of sim/tournament.h against a 4-ary heap
 * whose events know their place in it, so that both can move and cancel.
 *
 *	hold	the first event fires and is planned anew, as a task that
 *		spends time does
 *	rearm	besides, another owner's event is moved, as a watchdog's is
 *
 * Every owner has one event pending, the most it can have. Delays are drawn
 * beforehand and the same for both; both must fire the same owners in the same
 * order, ties by the order of planning, which the sums at the end tell.
 */
#include <math.h>
#include <stdlib.h>

#include "bench/clock.h"
#include "sim/tournament.h"

#define STEPS	400000
#define DELAYS	65536
#define WATCHED 7 /* a stride through the owners */

struct load {
	uint32_t owners;
	const sim_time *delays; /* DELAYS of them */
};

/* --- the heap --- */

struct entry {
	struct key key;
	uint32_t owner;
};

struct heap {
	struct entry *entries;
	uint32_t *place; /* of an owner's entry; n: it has none */
	uint32_t n;
};

static void heap_put(struct heap *h, uint32_t at, struct entry e)
{
	h->entries[at] = e;
	h->place[e.owner] = at;
}

static void heap_up(struct heap *h, uint32_t at, struct entry e)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / 4;

		if (!key_before(&e.key, &h->entries[parent].key))
			break;
		heap_put(h, at, h->entries[parent]);
		at = parent;
	}
	heap_put(h, at, e);
}

static uint32_t heap_least_child(const struct heap *h, uint32_t at)
{
	uint32_t least = 4 * at + 1;
	uint32_t last = least + 3 < h->n ? least + 3 : h->n - 1;

	for (uint32_t child = least + 1; child <= last; child++)
		if (key_before(&h->entries[child].key, &h->entries[least].key))
			least = child;
	return least;
}

static void heap_down(struct heap *h, uint32_t at, struct entry e)
{
	while (4 * at + 1 < h->n) {
		uint32_t child = heap_least_child(h, at);

		if (!key_before(&h->entries[child].key, &e.key))
			break;
		heap_put(h, at, h->entries[child]);
		at = child;
	}
	heap_put(h, at, e);
}

/* Plans the owner's event, wherever it was before. */
static void heap_set(struct heap *h, uint32_t owner, sim_time at,
		     uint64_t sequence)
{
	struct entry e = {{at, sequence}, owner};
	uint32_t place = h->place[owner];

	if (place == UINT32_MAX)
		heap_up(h, h->n++, e);
	else if (key_before(&e.key, &h->entries[place].key))
		heap_up(h, place, e);
	else
		heap_down(h, place, e);
}

static void heap_cancel(struct heap *h, uint32_t owner)
{
	uint32_t at = h->place[owner];
	struct entry last = h->entries[--h->n];

	h->place[owner] = UINT32_MAX;
	if (last.owner == owner)
		return;
	if (at > 0 && key_before(&last.key, &h->entries[(at - 1) / 4].key))
		heap_up(h, at, last);
	else
		heap_down(h, at, last);
}

static sim_time heap_first(const struct heap *h, uint32_t *owner)
{
	*owner = h->entries[0].owner;
	return h->entries[0].key.at;
}

static void heap_init(struct heap *h, uint32_t owners)
{
	*h = (struct heap){.entries = calloc(owners, sizeof *h->entries),
			   .place = calloc(owners, sizeof *h->place)};
	if (!h->entries || !h->place)
		exit(1);
	for (uint32_t i = 0; i < owners; i++)
		h->place[i] = UINT32_MAX;
}

static void heap_free(struct heap *h)
{
	free(h->entries);
	free(h->place);
}

/* --- the tournament, as sim.c has it --- */

static void tree_set(struct tournament *t, uint32_t owner, sim_time at,
		     uint64_t sequence)
{
	tournament_set(t, owner, at, sequence);
}

static void tree_cancel(struct tournament *t, uint32_t owner)
{
	tournament_cancel(t, owner);
}

static sim_time tree_first(const struct tournament *t, uint32_t *owner)
{
	*owner = tournament_winner(t);
	return tournament_next(t);
}

static void tree_init(struct tournament *t, uint32_t owners)
{
	uint32_t room = TOURNAMENT_GROUP;
	struct key *nodes;

	while (room < owners)
		room *= TOURNAMENT_GROUP;
	nodes = calloc(tournament_nodes(room), sizeof *nodes);
	if (!nodes)
		exit(1);
	tournament_init(t, nodes, room);
	while (t->leaves < owners)
		tournament_join(t);
}

static void tree_free(struct tournament *t)
{
	free(t->nodes);
}

/* --- the same steps for both --- */

/* Defines run_QUEUE: the steps, their CPU time in *ns, a sum of who fired. */
#define DEFINE_RUN(queue, type)                                                \
	static uint64_t run_##queue(const struct load *l, bool rearm,          \
				    double *ns)                                \
	{                                                                      \
		struct type q;                                                 \
		uint64_t sequence = 0, sum = 0;                                \
		uint32_t owner, watched = 0;                                   \
		double begin;                                                  \
                                                                               \
		queue##_init(&q, l->owners);                                   \
		for (owner = 0; owner < l->owners; owner++)                    \
			queue##_set(&q, owner, l->delays[owner], ++sequence);  \
		begin = cpu_ns();                                              \
		for (uint32_t step = 0; step < STEPS; step++) {                \
			sim_time delay = l->delays[step % DELAYS];             \
			sim_time now = queue##_first(&q, &owner);              \
                                                                               \
			sum = sum * 31 + owner;                                \
			queue##_cancel(&q, owner);                             \
			queue##_set(&q, owner, now + delay, ++sequence);       \
			if (!rearm)                                            \
				continue;                                      \
			watched = (watched + WATCHED) % l->owners;             \
			queue##_set(&q, watched, now + 2 * delay, ++sequence); \
		}                                                              \
		*ns = (cpu_ns() - begin) / STEPS;                              \
		queue##_free(&q);                                              \
		return sum;                                                    \
	}

DEFINE_RUN(heap, heap)
DEFINE_RUN(tree, tournament)

/* Exponential with a mean of 1 us; xorshift64. */
static void draw_delays(sim_time *delays)
{
	uint64_t x = 88172645463325252;

	for (int i = 0; i < DELAYS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		delays[i] =
			(sim_time)(-log(((double)(x >> 11) + 0.5) * 0x1p-53) *
				   SIM_US);
	}
}

static void compare(const struct load *l, bool rearm)
{
	const char *kind = rearm ? "rearm" : "hold";
	double heap, tree;

	if (run_heap(l, rearm, &heap) != run_tree(l, rearm, &tree)) {
		fprintf(stderr, "bench: the two fire in different order\n");
		exit(1);
	}
	printf("queue.%s.%u heap %.3f\n", kind, l->owners, heap);
	printf("queue.%s.%u tournament %.3f\n", kind, l->owners, tree);
}

int main(void)
{
	static const uint32_t owners[] = {4, 16, 64, 256, 1024, 10000};
	sim_time *delays = malloc(DELAYS * sizeof *delays);
	struct load l = {.delays = delays};

	if (!delays)
		return 1;
	draw_delays(delays);
	for (unsigned i = 0; i < sizeof owners / sizeof *owners; i++) {
		l.owners = owners[i];
		compare(&l, false);
		compare(&l, true);
	}
	free(delays);
	return 0;
}
