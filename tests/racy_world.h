/* SPDX-License-Identifier: MIT */
/*
 * Worlds in which both ends of a ring go to sleep all the time, and each finds
 * the other in the middle of something.
 *
 * A race is won or lost by what happens between a few accesses to shared memory
 * on either side. How often depends on how long these take beside the work
 * between two sleeps, not on either alone. So here a step takes 20 us where a
 * packet takes 100, a thousand times as long as in a machine: then a simulated
 * minute holds 10^5 sleeps, about every fifth of which the other side hits, and
 * is a few million events long.
 */
#ifndef TESTS_RACY_WORLD_H
#define TESTS_RACY_WORLD_H

#include "models/ring/flavours.h"
#include "tests/small_world.h"

struct racy_path {
	const char *scenario, *sets;
	const char *ring; /* the parameter; NULL: it has one flavour */
	/* Of the guest's end and the host's: */
	const char *ends[2];	       /* the stage that sleeps */
	const char *waiters[2];	       /* as the oracle knows it */
	const char *rescuers[2];       /* what wakes it */
	const char *sleeps[2];	       /* the metric that counts that */
	const struct ring_type *unfit; /* a flavour it does not suit */
};

/* As small a ring as there is, and hardly any reserve. */
#define RACY_LOAD                                                              \
	"run.step=20us app.load=poisson app.offered=6kpps app.backlog=3 "      \
	"guest.slots=32 guest.packet_cost=100us "                              \
	"guest.packet_cost.jitter=exponential(90us) host.packet_cost=100us "   \
	"host.packet_cost.jitter=exponential(90us) kvm.wake=30us "             \
	"kvm.inject=20us kvm.irq=20us kvm.eoi=20us "
#define RACY_VIRTIO RACY_LOAD "guest.stop_reserve=31 "
#define RACY_QEMU   "qemu.pass=30us "
#define RACY_THEORY                                                            \
	"run.step=20us p.slots=2 p.work=100us "                                \
	"p.work.jitter=exponential(90us) p.notify=30us p.startup=30us "        \
	"c.work=100us c.work.jitter=exponential(90us) c.notify=30us "          \
	"c.startup=30us "

#define RACY_ENDS(host, by)                                                    \
	{"guest", "host"}, {"guest.queue", "host." host}, {"host.call", by},   \
	{                                                                      \
		"guest.stops", "host.sleeps"                                   \
	}

static const struct racy_path racy_paths[] = {
	{"qemu", RACY_VIRTIO RACY_QEMU, "guest.ring",
	 RACY_ENDS("tx", "guest.kick"), NULL},
	{"qemu", RACY_VIRTIO RACY_QEMU "host.ioeventfd=on", "guest.ring",
	 RACY_ENDS("tx", "guest.kick"), NULL},
	/* It asks before it flushes, and relies on virtio's event index, which
	 * is moved along with the entries. */
	{"qemu", RACY_VIRTIO RACY_QEMU "host.mode=timer host.timer=200us",
	 "guest.ring", RACY_ENDS("tx", "host.timer guest.kick"), &ring_xen},
	{"qemu",
	 RACY_VIRTIO RACY_QEMU "host.mode=timer host.timer=200us "
			       "host.ioeventfd=on",
	 "guest.ring", RACY_ENDS("tx", "host.timer guest.kick"), &ring_xen},
	{"pv_e1000", RACY_LOAD RACY_QEMU "guest.stop_reserve=31", NULL,
	 RACY_ENDS("tx", "guest.kick"), NULL},
	{"vhost", RACY_VIRTIO, "guest.ring", RACY_ENDS("worker", "guest.kick"),
	 NULL},
	{"theory",
	 RACY_THEORY,
	 "p.ring",
	 {"p", "c"},
	 {"p.thread", "c.thread"},
	 {"c.call", "p.kick"},
	 {"p.sleeps", "c.sleeps"},
	 NULL},
	/* Who is to be woken by the second, which flags cannot say. That two
	 * slip through at once is too rare to be provoked. */
	{"theory",
	 RACY_THEORY "p.slots=4 p.threshold=2 c.threshold=2 p.work=30us "
		     "c.work=30us p.work.jitter=exponential(25us) "
		     "c.work.jitter=exponential(25us)",
	 "p.ring",
	 {"p", "c"},
	 {"p.thread", "c.thread"},
	 {"c.call", "p.kick"},
	 {"p.sleeps", "c.sleeps"},
	 &ring_split_flags},
};

enum { RACY_VHOST = 5, RACY_THEORY_1, RACY_THEORY_2 };

#define RACY_PATHS (sizeof racy_paths / sizeof *racy_paths)

/* The i-th flavour that suits it; NULL: there is none. */
static inline const struct ring_type *racy_flavour(const struct racy_path *path,
						   unsigned i)
{
	if (!path->ring)
		return i == 0 ? &ring_split_flags : NULL;
	for (unsigned k = 0; ring_types[k]; k++)
		if (ring_types[k] != path->unfit && i-- == 0)
			return ring_types[k];
	return NULL;
}

/* Runs a path with a flavour and further settings. */
static inline void racy_run(struct small_world *w, const struct racy_path *path,
			    const struct ring_type *flavour, const char *more,
			    uint64_t seed)
{
	char sets[1024];

	snprintf(sets, sizeof sets, "%s %s%s%s %s", path->sets,
		 path->ring ? path->ring : "", path->ring ? "=" : "",
		 path->ring ? flavour->name : "", more);
	small_world_run(w, path->scenario, sets, seed);
}

#endif
