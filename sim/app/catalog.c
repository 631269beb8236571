/* SPDX-License-Identifier: MIT */
#include "sim/app/catalog.h"

#include "models/hypervisor/kvm.h"
#include "models/hypervisor/qemu.h"
#include "models/ring/types.h"
#include "models/tcp/types.h"

const struct stage_type *const stage_types[] = {
	&pktgen_type,			  /* sources and ends */
	&sink_type,	&virtio_net_type, /* a guest's drivers */
	&pv_e1000_type, &qemu_tx_type,	  /* a host's */
	&vhost_type,	&producer_type,	  /* the theory */
	&consumer_type, &kvm_type,	  /* the machine */
	&qemu_type,	NULL};

#define SELF struct run_params
static const struct param run_rows[] = {RUN_PARAMS(PARAM_ROW)};
#undef SELF

static void run_build(struct stage *s)
{
	(void)s;
}

const struct stage_type run_type = {
	.name = "run",
	.doc = "How long, how often and in which windows a run is measured.",
	.size = sizeof(struct stage) + sizeof(struct run_params),
	.params = run_rows,
	.n_params = sizeof run_rows / sizeof *run_rows,
	.params_at = sizeof(struct stage),
	.params_size = sizeof(struct run_params),
	.home = HOME_NONE,
	.build = run_build,
};
