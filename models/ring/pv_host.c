/* SPDX-License-Identifier: MIT */
#include "models/ring/pv_host.h"

#include "models/ring/sleeper.h"
#include "models/ring/types.h"

static const struct pv_backend *const backends[] = {
	[TRANSPORT_VENET] = &pv_venet_host,
	[TRANSPORT_VHOST] = &pv_vhost_net,
	[TRANSPORT_QEMU] = &pv_qemu_net,
};

static void pv_host_build(struct stage *s)
{
	struct pv_host *host = (struct pv_host *)s;

	host->type = backends[host->p.transport.which];
	stage_cost(s, &host->packet_cost, &host->p.packet_cost, "packet_cost");
	stage_cost(s, &host->copy_cost, &host->p.copy_cost, "copy_cost");
	host->link.owner = host;
	s->link = &host->link;
	s->backs = host->backs;
	host->kicked = stage_part(s, "kick");
	host->type->build(host);
}

static TASK(drop)
{
	struct port *port = owner;

	(void)me;
	(void)depth;
	packet_dropped(port->offered, ((struct pv_host *)port->owner)->stage.id,
		       DROP_LINK);
	port->offered = NULL;
	return DONE;
}

static TASK(ignore)
{
	(void)me;
	(void)depth;
	(void)owner;
	return DONE;
}

static void refuse(struct pv_host *host)
{
	host->stage.remark = "the guest's driver speaks something else: "
			     "nothing passes";
	host->link.send = drop;
	for (unsigned i = 0; i < 2 * PV_DEVICES; i++)
		host->backs[i].on_kick = (struct work){.run = ignore};
}

static void pv_host_start(struct stage *s)
{
	struct pv_host *host = (struct pv_host *)s;
	bool venet = host->p.transport.which == TRANSPORT_VENET;

	/* Only venet shares more than rings. */
	if (venet != (host->backs[0].peer->shared != NULL)) {
		refuse(host);
		return;
	}
	host->type->start(host);
}

static uint64_t pv_host_inside(const struct stage *s)
{
	const struct pv_host *host = (const struct pv_host *)s;

	return host->type->inside(host);
}

#define SELF struct pv_host_params
static const struct param pv_host_params[] = {PV_HOST_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct pv_host_metrics
static const struct metric pv_host_metrics[] = {PV_HOST_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type pv_host_type = {
	.name = "pv_host",
	.doc = "The host's side of a network device of 2009: AlacrityVM's, "
	       "vhost-net, QEMU.",
	.size = sizeof(struct pv_host),
	STAGE_ROWS(pv_host),
	.in = PLUG_PCI,
	.out = PLUG_LINK,
	.duplex = true,
	.home = HOME_KTHREAD,
	.build = pv_host_build,
	.start = pv_host_start,
	.inside = pv_host_inside,
};
