/* SPDX-License-Identifier: MIT */
/*
 * Event channels: the state of one domain, and what Xen and the guest do to it.
 * A pure state machine: it knows no time and no cost. After Xen 4.3.0
 * common/event_channel.c and the two-level ABI of public/xen.h.
 *
 * Only a pending bit that goes from 0 to 1 does anything: until the guest
 * clears it, every further send merges into it. A masked port collects its
 * pending bit all the same.
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
	/* The thread of 2013 believed that an unmasked port does not wake a
	 * poller. Xen 4.1 to 4.3 wakes it. */
	bool unmasked_wakes_poller;
};

#endif
