/* SPDX-License-Identifier: MIT */
/*
 * KVM, as a driver's neighbours feel it: leaving the guest, injecting an
 * interrupt, waking a thread of the host.
 *
 *	heavy exit	The vCPU thread returns from KVM_RUN to QEMU, takes the
 *			big lock, runs the device's handler itself, re-enters.
 *			Half of the cost lies before the handler, half behind.
 *	light exit	ioeventfd: KVM signals an eventfd and re-enters; whoever
 *			polls it runs the handler. Waking him is part of the
 *			cost, the vCPU pays for it.
 *	interrupt	The host injects (an ioctl, or irqfd); the guest is
 *			interrupted, runs its handler, and leaves once more for
 *			the end-of-interrupt (no APIC virtualisation in 2013).
 */
#ifndef HYPERVISOR_KVM_H
#define HYPERVISOR_KVM_H

#include "sim/stage.h"

/* A CPU for a thread of the host, or for the guest: a vCPU. Whoever sleeps on
 * it pays kvm's wake-up latency. */
struct cpu *kvm_cpu(struct stage *kvm);

/* Makes `bell` a kick that runs its handler in the vCPU's thread, under
 * `big_lock`. */
void kvm_kick_heavy(struct stage *kvm, struct doorbell *bell,
		    struct lock *big_lock);
/* Makes `bell` a kick that queues its handler with `ex`. */
void kvm_kick_light(struct stage *kvm, struct doorbell *bell,
		    struct executor *ex);
/* Makes `bell` a call: an interrupt line to `vcpu`. */
void kvm_call(struct stage *kvm, struct doorbell *bell, struct cpu *vcpu);

extern const struct stage_type kvm_type;

#endif
