/* SPDX-License-Identifier: MIT */
/*
 * A guest's paravirtual network driver of 2009, both directions: one stage, so
 * that one experiment can compare what it speaks. The drivers are venet.c and
 * virtio_pci.c.
 */
#ifndef RING_PV_NET_H
#define RING_PV_NET_H

#include "sim/stage.h"

#define PV_DEVICES 4

enum { TRANSPORT_VENET, TRANSPORT_VHOST, TRANSPORT_QEMU };
extern const struct choice pv_transports[];

enum { SIGNAL_HYBRID, SIGNAL_ALWAYS };
extern const struct choice pv_signals[];
extern const struct choice pv_ways[];

#define PV_NET_PARAMS(P)                                                       \
	P(CHOICE, transport, "venet", pv_transports, 0, "choice",              \
	  "What the driver speaks; as the host's.")                            \
	P(COUNT, devices, "1", "1", "4", "choice",                             \
	  "Devices; packets say which one they take.")                         \
	P(POWER, slots, "256", "32", "2048",                                   \
	  "QEMU hw/virtio-net.c, 2009; alacrityvm-linux "                      \
	  "drivers/net/vbus-enet.c, rx_ringlen, tx_ringlen",                   \
	  "Slots of each ring.")                                               \
	P(COUNT, weight, "128", "1", "10000",                                  \
	  "Linux 2.6.32 drivers/net/virtio_net.c, napi_weight; "               \
	  "alacrityvm-linux drivers/net/vbus-enet.c, netif_napi_add",          \
	  "Packets in one poll.")                                              \
	P(COST, rx_cost, "0.4us", "0ns", "1ms", "guess",                       \
	  "What the driver takes for a received packet, with a new buffer.")   \
	P(COST, tx_cost, "0.4us", "0ns", "1ms", "guess",                       \
	  "What the driver takes for a packet to send.")                       \
	P(SWITCH, msix, "on", 0, 0,                                            \
	  "Linux 2.6.31 drivers/virtio/virtio_pci.c",                          \
	  "virtio: a vector for each queue; off: one level for the device.")   \
	P(COUNT, stop_reserve, "19", "1", "2047",                              \
	  "Linux 2.6.32 drivers/net/virtio_net.c, 2 + MAX_SKB_FRAGS",          \
	  "virtio: the queue stops when fewer slots than this are free.")      \
	P(CHOICE, signal, "hybrid", pv_signals, 0,                             \
	  "alacrityvm-linux lib/shm_signal.c",                                 \
	  "venet: when the other side is told.")                               \
	P(CHOICE, kick_by, "pio", pv_ways, 0,                                  \
	  "alacrityvm-linux drivers/vbus/pci-bridge.c",                        \
	  "venet: how the guest signals; all are decoded in the host's "       \
	  "kernel.")                                                           \
	P(COST, done_cost, "0.2us", "0ns", "1ms", "guess",                     \
	  "venet: what the driver takes to free a packet that was sent.")      \
	P(COST, event_cost, "0.15us", "0ns", "1ms", "guess",                   \
	  "venet: what an event on the bus takes of the interrupt handler.")

struct pv_net_params {
	PV_NET_PARAMS(PARAM_FIELD)
};

#define PV_NET_METRICS(M)                                                      \
	M(COUNTER, interrupts, "1",                                            \
	  "Interrupt handlers run: venet's bus's, virtio's receive queues'.")  \
	M(COUNTER, idle_interrupts, "1",                                       \
	  "virtio: those that found the poll scheduled, or nothing.")          \
	M(COUNTER, events, "1", "venet: devices' signals found on the bus.")   \
	M(COUNTER, polls, "1", "Polls of the receive rings.")                  \
	M(COUNTER, received, "1", "Packets received.")                         \
	M(COUNTER, sent, "1", "Packets sent.")                                 \
	M(COUNTER, stops, "1", "Times a queue was full, or stopped.")          \
	M(NUMBER, packets_per_interrupt, "1", "Packets received per interrupt.")

struct pv_net_metrics {
	PV_NET_METRICS(METRIC_FIELD)
};

struct pv_net;

struct pv_driver {
	void (*build)(struct pv_net *net);
	void (*start)(struct pv_net *net);
	/* But for a packet on offer to the stack. */
	uint64_t (*inside)(const struct pv_net *net);
};

extern const struct pv_driver pv_venet, pv_virtio_pci;

struct pv_net {
	struct stage stage;
	struct pv_net_params p;
	struct pv_net_metrics m;
	struct cost rx_cost, tx_cost;
	const struct pv_driver *type;
	void *driver;
	const char *called; /* what wakes a receive ring, for the oracle */
};

#endif
