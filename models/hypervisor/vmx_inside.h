/* SPDX-License-Identifier: MIT */
/* What vmx.c (the part and its rows), vmx_irq.c and vmx_kick.c share. */
#ifndef HYPERVISOR_VMX_INSIDE_H
#define HYPERVISOR_VMX_INSIDE_H

#include "models/hypervisor/napi.h"
#include "models/hypervisor/vmx.h"

#define VMX_PARAMS(P)                                                          \
	P(COST, hypercall, "1.3us", "0ns", "1ms", "guess",                     \
	  "A hypercall: exit, decoding, entry.")                               \
	P(COST, pio, "1.8us", "0ns", "1ms", "guess",                           \
	  "A write to a port, decoded in the host's kernel.")                  \
	P(COST, mmio, "4us", "0ns", "1ms",                                     \
	  "Haskins, AlacrityVM thread, LKML, 22 Dec 2009: at least 4 to 5 us " \
	  "on Woodcrest",                                                      \
	  "A write to a device's memory, emulated in the host's kernel.")      \
	P(COST, eoi, "4.5us", "0ns", "1ms",                                    \
	  "Haskins, AlacrityVM thread, LKML, 22 Dec 2009: at least 4 to 5 us " \
	  "on Woodcrest",                                                      \
	  "The exit for the end of an interrupt.")                             \
	P(COST, isr_read, "8us", "0ns", "1ms", "guess",                        \
	  "Reading a virtio device's ISR register, in user space.")            \
	P(COST, window, "1.3us", "0ns", "1ms", "guess",                        \
	  "The exit when the guest enables interrupts and one waits.")         \
	P(COST, kick, "1.5us", "0ns", "1ms", "guess",                          \
	  "The exit by an IPI, because an interrupt has to be injected.")      \
	P(COST, halt, "1.5us", "0ns", "1ms", "guess",                          \
	  "Leaving the guest by HLT and entering it again, without the way "   \
	  "to the CPU, which is kvm.wake.")                                    \
	P(COST, user, "5us", "0ns", "1ms", "guess",                            \
	  "What going on to user space and back adds to a port's exit.")       \
	P(COST, deliver, "0.5us", "0ns", "1ms", "guess",                       \
	  "The guest's way to its interrupt handler and back.")                \
	P(COST, inject, "0.7us", "0ns", "1ms", "guess",                        \
	  "What injecting takes of a thread of the host's kernel.")            \
	P(COST, inject_user, "2us", "0ns", "1ms", "guess",                     \
	  "What injecting takes of a process of the host, an ioctl.")          \
	SOFTIRQ_PARAMS(P)

struct vmx_params {
	VMX_PARAMS(PARAM_FIELD)
};

#define VMX_METRICS(M)                                                         \
	M(COUNTER, hypercalls, "1", "Exits: hypercalls.")                      \
	M(COUNTER, pios, "1", "Exits: writes to ports.")                       \
	M(COUNTER, mmios, "1", "Exits: writes to devices' memory.")            \
	M(COUNTER, eois, "1", "Exits: ends of interrupts.")                    \
	M(COUNTER, isr_reads, "1", "Exits: ISR registers read.")               \
	M(COUNTER, windows, "1", "Exits: interrupts enabled, one waited.")     \
	M(COUNTER, kicks, "1", "Exits: IPIs, to inject an interrupt.")         \
	M(COUNTER, halts, "1", "Exits: HLT.")                                  \
	M(COUNTER, exits, "1", "Exits of all types.")                          \
	M(COUNTER, interrupts, "1", "Interrupts delivered.")                   \
	M(COUNTER, merged, "1",                                                \
	  "Interrupts raised while they were pending already.")                \
	M(NUMBER, hypercall_share, "1",                                        \
	  "Share of the time spent on hypercalls, as of all these, at the "    \
	  "mean cost.")                                                        \
	M(NUMBER, pio_share, "1", "Share of the time: ports.")                 \
	M(NUMBER, mmio_share, "1", "Share of the time: devices' memory.")      \
	M(NUMBER, eoi_share, "1", "Share of the time: ends of interrupts.")    \
	M(NUMBER, isr_read_share, "1", "Share of the time: ISR registers.")    \
	M(NUMBER, window_share, "1", "Share of the time: windows.")            \
	M(NUMBER, kick_share, "1", "Share of the time: IPIs.")                 \
	M(NUMBER, halt_share, "1", "Share of the time: HLT's exits.")          \
	M(NUMBER, exit_share, "1", "Share of the time: all exits.")            \
	M(NUMBER, busy, "1", "Share of the time the vCPU did not halt.")       \
	SOFTIRQ_METRICS(M)

struct vmx_metrics {
	VMX_METRICS(METRIC_FIELD)
};

enum exit_type {
	EXIT_HYPERCALL,
	EXIT_PIO,
	EXIT_MMIO,
	EXIT_EOI,
	EXIT_ISR_READ,
	EXIT_WINDOW,
	EXIT_KICK,
	EXIT_HALT,
	NUM_EXITS
};

#define VMX_BELLS 16 /* that raise one line */

struct vmx_line {
	struct vmx *vmx;
	struct vmx_line *next;
	struct doorbell *bells[VMX_BELLS];
	unsigned n_bells, at; /* whose handler runs */
	bool level, pending, in_service;
};

struct vmx {
	struct stage stage;
	struct vmx_params p;
	struct vmx_metrics m;
	struct cost cost[NUM_EXITS];
	struct cost user, deliver, inject, inject_user, softirq_cost;
	struct cpu *vcpu;
	struct net_rx net_rx;
	/* Interrupts. */
	struct task task;
	struct signal raised;
	struct vmx_line *lines, *line; /* all; the one that is handled */
	bool woken;		       /* it was halted, and is on its way */
	bool kicked;		       /* the IPI is sent */
	bool out;		       /* the handler is in an exit */
};

/* Counts an exit; what it costs. */
sim_time vmx_exit(struct vmx *v, enum exit_type type);
void vmx_irq_begin(struct vmx *v);

#endif
