/* SPDX-License-Identifier: MIT */
/* What world.c shares with home.c (who lives where) and connect.c (who touches
 * whom). */
#ifndef APP_WORLD_INSIDE_H
#define APP_WORLD_INSIDE_H

#include "sim/app/catalog.h"
#include "sim/app/world/world.h"
#include "sim/stage.h"

/* What all stages of one type on one CPU of dom0 share. */
struct commons {
	const struct stage_type *type;
	unsigned vcpu;
	void *what;
};

struct world {
	struct sim *sim;
	const struct scenario *sc;
	struct stage **stages; /* by index of scenario.stages */
	struct stage *kvm, *vmx, *qemu, *xen;
	struct cpu *vcpu; /* KVM's, made when the first stage wants it */
	/* Xen. A path may lead through several guests: between two of them
	 * there is a plug that leaves the guest. */
	struct domain *dom0;
	struct commons *commons;
	unsigned n_commons, next_vcpu;
	struct run_params run;
	const char *pcap; /* the folder for what is recorded; NULL: nothing */
	struct tap *taps;
	int tap_errno;
};

/* The memory of earlier runs, or new, for another. */
bool world_block(struct sim **block, uint64_t seed);
/* Builds and starts everything; w->sc is given. */
void world_set_up(struct world *w, struct sim *sim, const struct point *pt);

/* Fills in where the stage's code runs: cpu, domain, executor, timers. */
void world_house(struct world *w, unsigned i, struct stage *s);
/* Is it what makes a guest: a unikernel, Linux, dom0's own stack? */
bool world_is_system(const struct stage_type *type);
/* Connects the plugs of the path's stages. */
void world_connect(struct world *w);

#endif
