/* SPDX-License-Identifier: MIT */
/*
 * The host's side of a paravirtual network device of 2009: one stage, so that
 * one experiment can compare transports. They are venet_host.c, vhost_net.c and
 * qemu_net.c.
 */
#ifndef RING_PV_HOST_H
#define RING_PV_HOST_H

#include "models/ring/pv_net.h"

#define PV_HOST_PARAMS(P)                                                      \
	P(CHOICE, transport, "venet", pv_transports, 0, "choice",              \
	  "What the device speaks; as the guest's.")                           \
	P(COUNT, queue, "1000", "1", "1000000",                                \
	  "Linux, ether_setup and drivers/net/tun.c, txqueuelen",              \
	  "Packets that may wait for the guest's buffers, and for the card.")  \
	P(COST, packet_cost, "0.5us", "0ns", "1ms", "guess",                   \
	  "What a packet takes of a thread in the kernel, without the copy.")  \
	P(COST, copy_cost, "0.25us", "0ns", "1ms", "guess",                    \
	  "To copy 1 KiB between guest and host.")                             \
	P(COUNT, txmitigation, "10", "0", "10000",                             \
	  "alacrityvm-linux kernel/vbus/devices/venet/device.c, "              \
	  "venetdev_common_init",                                              \
	  "venet: completions per signal to the guest; 0: each.")              \
	P(SIZE, zcthresh, "512B", "0B", "64KiB",                               \
	  "alacrityvm-linux kernel/vbus/devices/venet/device.c, "              \
	  "venetdev_common_init",                                              \
	  "venet: GSO packets from this size on are not copied; 0B: all are.") \
	P(COST, map_cost, "2us", "0ns", "1ms", "guess",                        \
	  "venet: to look up the pages of a packet that is not copied.")       \
	P(SWITCH, notify_on_empty, "on", 0, 0,                                 \
	  "Linux commit b0c39dbdc204 of 2009: asked for by guests until "      \
	  "then, and done by QEMU anyhow",                                     \
	  "virtio: interrupt when the transmit ring has become empty, "        \
	  "whatever the guest's flag says.")                                   \
	P(COST, user_cost, "1us", "0ns", "1ms", "guess",                       \
	  "qemu: what a packet takes more in user space, a system call.")      \
	P(COST, pass, "1.2us", "0ns", "1ms", "guess",                          \
	  "qemu: a turn of the main loop.")                                    \
	P(TIME, timer, "150us", "1us", "100s",                                 \
	  "QEMU 0.12 hw/virtio-net.c, TX_TIMER_INTERVAL",                      \
	  "qemu: from the first kick to the flush.")                           \
	P(TIME, timer_clamp, "250us", "0ns", "1s",                             \
	  "QEMU 0.12 vl.c, MIN_TIMER_REARM_US",                                \
	  "qemu: no timer fires earlier.")

struct pv_host_params {
	PV_HOST_PARAMS(PARAM_FIELD)
};

#define PV_HOST_METRICS(M)                                                     \
	M(COUNTER, kicks, "1", "Kicks that arrived.")                          \
	M(COUNTER, wasted_kicks, "1",                                          \
	  "qemu: those that came while the timer ran.")                        \
	M(COUNTER, calls, "1",                                                 \
	  "Interrupts raised; venet: signals put on the bus.")                 \
	M(COUNTER, from_guest, "1", "Packets taken from the guest.")           \
	M(COUNTER, to_guest, "1", "Packets given to the guest.")               \
	M(COUNTER, uncopied, "1", "Packets that were not copied.")             \
	M(COUNTER, drops, "1",                                                 \
	  "Packets for the guest dropped because the queue was full.")

struct pv_host_metrics {
	PV_HOST_METRICS(METRIC_FIELD)
};

struct pv_host;

struct pv_backend {
	void (*build)(struct pv_host *host);
	void (*start)(struct pv_host *host);
	uint64_t (*inside)(const struct pv_host *host);
};

extern const struct pv_backend pv_venet_host, pv_vhost_net, pv_qemu_net;

struct pv_host {
	struct stage stage;
	struct pv_host_params p;
	struct pv_host_metrics m;
	struct cost packet_cost, copy_cost;
	struct back backs[2 * PV_DEVICES];
	struct port link;
	const struct pv_backend *type;
	void *backend;
	const char *kicked; /* what wakes who takes, for the oracle */
};

#endif
