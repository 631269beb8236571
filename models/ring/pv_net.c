/* SPDX-License-Identifier: MIT */
#include "models/ring/pv_net.h"

#include "models/ring/sleeper.h"
#include "models/ring/types.h"

const struct choice pv_transports[] = {
	[TRANSPORT_VENET] = {"venet", PARAM_NONE, NULL, NULL,
			     "AlacrityVM's, in the host's kernel."},
	[TRANSPORT_VHOST] = {"vhost", PARAM_NONE, NULL, NULL,
			     "virtio over PCI, vhost-net in the kernel."},
	[TRANSPORT_QEMU] = {"qemu", PARAM_NONE, NULL, NULL,
			    "virtio over PCI, QEMU in user space."},
	{0}};

const struct choice pv_signals[] = {
	[SIGNAL_HYBRID] = {"hybrid", PARAM_NONE, NULL, NULL,
			   "Who is enabled and has no signal pending "
			   "(shm_signal)."},
	[SIGNAL_ALWAYS] = {"always", PARAM_NONE, NULL, NULL,
			   "With every change, for comparison."},
	{0}};

const struct choice pv_ways[] = {
	[KICK_PIO] = {"pio", PARAM_NONE, NULL, NULL,
		      "A write to a port (pci-bridge.c)."},
	[KICK_MMIO] = {"mmio", PARAM_NONE, NULL, NULL,
		       "A write to memory of the device."},
	[KICK_HYPERCALL] = {"hypercall", PARAM_NONE, NULL, NULL,
			    "A hypercall."},
	{0}};

static void pv_net_build(struct stage *s)
{
	struct pv_net *net = (struct pv_net *)s;

	net->type = net->p.transport.which == TRANSPORT_VENET ? &pv_venet
							      : &pv_virtio_pci;
	stage_cost(s, &net->rx_cost, &net->p.rx_cost, "rx_cost");
	stage_cost(s, &net->tx_cost, &net->p.tx_cost, "tx_cost");
	net->called = stage_part(s, "call");
	net->type->build(net);
	s->n_queues = 2 * (unsigned)net->p.devices;
}

static void pv_net_start(struct stage *s)
{
	struct pv_net *net = (struct pv_net *)s;

	net->type->start(net);
}

static void pv_net_finish(struct stage *s)
{
	struct pv_net_metrics *m = &((struct pv_net *)s)->m;

	m->packets_per_interrupt =
		(double)m->received.n / (double)m->interrupts.n;
}

static uint64_t pv_net_inside(const struct stage *s)
{
	const struct pv_net *net = (const struct pv_net *)s;

	return net->type->inside(net) + (s->above->offered != NULL);
}

#define SELF struct pv_net_params
static const struct param pv_net_params[] = {PV_NET_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct pv_net_metrics
static const struct metric pv_net_metrics[] = {PV_NET_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type pv_net_type = {
	.name = "pv_net",
	.doc = "A guest's network driver of 2009, AlacrityVM's venet or virtio "
	       "over PCI.",
	.size = sizeof(struct pv_net),
	STAGE_ROWS(pv_net),
	.in = PLUG_NET,
	.out = PLUG_PCI,
	.duplex = true,
	.system = true,
	.home = HOME_GUEST,
	.build = pv_net_build,
	.start = pv_net_start,
	.finish = pv_net_finish,
	.inside = pv_net_inside,
};
