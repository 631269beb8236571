/* SPDX-License-Identifier: MIT */
/*
 * A vCPU under VT-x as of 2009: without posted interrupts, without APIC
 * virtualisation, with everything that makes it leave the guest.
 *
 *	kick	Another thread has an interrupt for it: an IPI makes it leave.
 *		Needed only while it runs in the guest; an exit that is under
 *		way, or HLT, does as well.
 *	window	An interrupt came while the guest had them disabled, that is,
 *		while it handled another: the guest runs on and leaves when it
 *		enables them, to be interrupted.
 *	EOI	The end of an interrupt is a write to the local APIC's page.
 *	ISR	Without MSI-X a device's interrupt is a level. The handler reads
 *		the device's ISR register, which QEMU emulates in user space, to
 *		find out and to lower the line.
 *	PIO, MMIO, hypercall
 *		What drivers ring their doorbells with.
 *	HLT	It has nothing to do.
 *
 * An interrupt that is pending already (IRR) is not raised twice. A message
 * signalled one ends with its EOI before its handler runs (handle_edge_irq in
 * Linux), so that from then on it can become pending again; a level ends after
 * it (handle_fasteoi_irq).
 *
 * On this vCPU Linux runs, with its softirqs.
 */
#ifndef HYPERVISOR_VMX_H
#define HYPERVISOR_VMX_H

#include "sim/stage.h"

/* Who runs the guest's code. Before anything else. */
void vmx_begin(struct stage *vmx, struct cpu *vcpu);
struct softirq *vmx_softirq(struct stage *vmx);

/* Makes `bell` a kick, in one of the ways of enum kick_way: its handler runs in
 * the exit; with an executor it is queued there (ioeventfd); with a lock it
 * runs in user space under that lock. */
void vmx_kick(struct stage *vmx, struct doorbell *bell, enum kick_way way,
	      struct executor *ex, struct lock *big_lock);

/* An interrupt: a message, or a level that several devices' queues share. */
struct vmx_line *vmx_line(struct stage *vmx, bool level);
/* Makes `bell` raise it. From user space it is an ioctl, else an irqfd. */
void vmx_call(struct vmx_line *line, struct doorbell *bell, bool from_user);

extern const struct stage_type vmx_type;

#endif
