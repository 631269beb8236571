/* SPDX-License-Identifier: MIT */
/*
 * Event channels: the state of one domain, and what Xen and the guest do to it.
 * A pure state machine: it knows no time and no cost. After Xen 4.3.0
 * common/event_channel.c, common/schedule.c and the two-level ABI of
 * public/xen.h.
 *
 * A send leaves three marks, each only if the one before was new: the port's
 * pending bit, its word's bit in the vCPU's pending_sel, upcall_pending. The
 * third unblocks the vCPU, whatever upcall_mask says.
 *
 * Only a pending bit that goes from 0 to 1 does anything: until the guest
 * clears it, every further send merges into it. A masked port collects its
 * pending bit all the same, and leaves no other mark; but who sleeps in a poll
 * is woken by masked and unmasked ports alike, listed or not (unless he lists
 * exactly one).
 */
#ifndef HYPERVISOR_EVTCHN_H
#define HYPERVISOR_EVTCHN_H

#include "sim/sim.h"

#define EVTCHN_PORTS   4096 /* two-level ABI, 64-bit guest */
#define EVTCHN_WORDS   (EVTCHN_PORTS / 64)
#define EVTCHN_VCPUS   16
#define POLL_PORTS_MAX 128 /* do_poll(): "fairly arbitrary limit" */

struct evtchn_vcpu {
	bool upcall_pending, upcall_mask;
	uint64_t pending_sel; /* one bit per word */
	bool blocked;	      /* in Xen: SCHEDOP_block or _poll */
	int poll_evtchn;      /* 0 none, -1 several, else the one port */
	bool polling;	      /* this vCPU's bit of the domain's poll_mask */
};

struct evtchn {
	uint64_t pending[EVTCHN_WORDS], mask[EVTCHN_WORDS];
	uint8_t vcpu_of[EVTCHN_PORTS]; /* which vCPU a port is bound to */
	struct evtchn_vcpu vcpus[EVTCHN_VCPUS];
	unsigned n_vcpus;
	unsigned n_polling; /* how many bits of poll_mask are set */
	/* The thread of 2013 believed that an unmasked port does not wake a
	 * poller. Xen 4.1 to 4.3 wakes it. */
	bool unmasked_wakes_poller;
};

/* What a send came to, and what is left to do. */
struct evtchn_sent {
	bool merged;	  /* it was pending already: nothing happened */
	bool upcall;	  /* upcall_pending of the port's vCPU is new */
	uint32_t unblock; /* one bit per vCPU that slept in Xen and is awake */
};

/* As a fresh paravirtual guest has it: no port masked, but upcalls. */
void evtchn_init(struct evtchn *e, unsigned n_vcpus);

/* --- Xen's side --------------------------------------------------------- */

/* Any send, virtual interrupt, …: evtchn_set_pending(). */
struct evtchn_sent evtchn_set_pending(struct evtchn *e, unsigned port);
/* EVTCHNOP_unmask: makes up for what the mask held back. */
struct evtchn_sent evtchn_unmask(struct evtchn *e, unsigned port);
/* vcpu_unblock(): by any event, or a timer. False: it did not sleep. */
bool evtchn_unblock(struct evtchn *e, unsigned vcpu);
/* SCHEDOP_block: lets upcalls in. False: one is pending, it does not sleep. */
bool evtchn_block(struct evtchn *e, unsigned vcpu);

enum evtchn_poll {
	POLL_SLEEPS,
	POLL_RETURNS, /* an upcall, or a listed port, is pending: result 0 */
	POLL_EINVAL   /* too many ports */
};

/* SCHEDOP_poll, all but its timeout. */
enum evtchn_poll evtchn_poll(struct evtchn *e, unsigned vcpu,
			     const uint16_t *ports, unsigned n);

/* --- the guest's side --------------------------------------------------- */

/* What is pending on ports without a mask bit and found by no selector bit
 * stays unseen: see evtchn_mask_clear(). */
static inline bool evtchn_is_pending(const struct evtchn *e, unsigned port)
{
	return e->pending[port / 64] >> port % 64 & 1;
}

static inline bool evtchn_is_masked(const struct evtchn *e, unsigned port)
{
	return e->mask[port / 64] >> port % 64 & 1;
}

static inline bool evtchn_is_selected(const struct evtchn *e, unsigned port)
{
	return e->vcpus[e->vcpu_of[port]].pending_sel >> port / 64 & 1;
}

static inline void evtchn_mask(struct evtchn *e, unsigned port)
{
	e->mask[port / 64] |= (uint64_t)1 << port % 64;
}

/* Clears the mask bit in shared memory and does not look: an event that came
 * meanwhile is pending, but nobody selects it, and those to come merge into
 * it. */
static inline void evtchn_mask_clear(struct evtchn *e, unsigned port)
{
	e->mask[port / 64] &= ~((uint64_t)1 << port % 64);
}

static inline void evtchn_clear(struct evtchn *e, unsigned port)
{
	e->pending[port / 64] &= ~((uint64_t)1 << port % 64);
}

/* Will Xen deliver an upcall when the vCPU is next in the guest? */
static inline bool evtchn_deliverable(const struct evtchn *e, unsigned vcpu)
{
	return e->vcpus[vcpu].upcall_pending && !e->vcpus[vcpu].upcall_mask;
}

/*
 * A look for events, which may pause between two ports. Its order loses
 * nothing: begin() clears upcall_pending first and takes the selector after, so
 * an event that comes later is announced anew.
 */
struct evtchn_look {
	uint64_t sel;  /* words still to be looked at */
	unsigned from; /* the first bit of the lowest of them */
};

void evtchn_look_begin(struct evtchn *e, unsigned vcpu, struct evtchn_look *l);
/* The next port that is pending and not masked; it stays pending. -1: none. */
int evtchn_look_next(struct evtchn *e, unsigned vcpu, struct evtchn_look *l);

/* All in one: clears up to `most` events and lists their ports. Returns how
 * many; 0: there was none. What did not fit stays announced. */
unsigned evtchn_scan(struct evtchn *e, unsigned vcpu, uint16_t *ports,
		     unsigned most);

#endif
