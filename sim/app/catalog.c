/* SPDX-License-Identifier: MIT */
#include "sim/app/catalog.h"

#include "models/hypervisor/kvm.h"
#include "models/hypervisor/linux.h"
#include "models/hypervisor/mirage.h"
#include "models/hypervisor/qemu.h"
#include "models/hypervisor/switch.h"
#include "models/hypervisor/vmx.h"
#include "models/ring/types.h"
#include "models/tcp/types.h"

/* clang-format off */
const struct stage_type *const stage_types[] = {
	/* sources and ends of traffic */
	&pktgen_type, &sink_type, &tcp_type, &tcp_sink_type, &udp_type,
	&udp_sink_type, &service_type, &clients_type,
	&wire_type, &stream_sink_type, &stream_source_type, &responder_type,
	/* a guest's system and its drivers */
	&mirage_type, &linux_type, &host_stack_type, &switch_type,
	&virtio_net_type, &pv_e1000_type, &netif_type, &netfront_type,
	&pv_net_type,
	/* a host's drivers */
	&qemu_tx_type, &vhost_type, &netback_type, &netback_napi_type,
	&pv_host_type,
	/* the world outside */
	&ns3_link_type,
	/* the theory */
	&producer_type, &consumer_type,
	/* the machine */
	&kvm_type, &vmx_type, &qemu_type, &xen_type,
	NULL};
/* clang-format on */

#define SELF struct run_params
static const struct param run_params[] = {RUN_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct run_metrics
static const struct metric run_metrics[] = {RUN_METRICS(METRIC_ROW)};
#undef SELF

static void run_build(struct stage *s)
{
	(void)s;
}

static sim_time longest_stall(const struct oracle *o)
{
	sim_time longest = 0;

	for (unsigned i = 0; i < o->n_stalls; i++) {
		const struct stall *s = &o->stalls[i];

		if (s->end - s->start > longest)
			longest = s->end - s->start;
	}
	return longest;
}

static void run_finish(struct stage *s)
{
	struct run *r = (struct run *)s;
	const struct oracle *o = s->sim->oracle;

	if (!o)
		return;
	r->m.stalls = (double)o->n;
	r->m.stalls_per_minute = 60 * r->m.stalls / time_sec(s->measure);
	r->m.stalled = (double)o->lost / (double)s->measure;
	r->m.longest_stall = (double)longest_stall(o) / (double)SIM_NS;
}

const struct stage_type run_type = {
	.name = "run",
	.doc = "How long, how often and in which windows a run is measured.",
	.size = sizeof(struct run),
	STAGE_ROWS(run),
	.home = HOME_NONE,
	.build = run_build,
	.finish = run_finish,
};
