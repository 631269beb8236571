/* SPDX-License-Identifier: MIT */
/* What this folder gives the roof: the drivers at a ring's ends. */
#ifndef RING_TYPES_H
#define RING_TYPES_H

#include "sim/stage.h"

extern const struct stage_type virtio_net_type;
extern const struct stage_type pv_e1000_type;
extern const struct stage_type qemu_tx_type;
extern const struct stage_type vhost_type;
extern const struct stage_type netback_type;
extern const struct stage_type netback_napi_type;
extern const struct stage_type producer_type;
extern const struct stage_type consumer_type;
extern const struct stage_type netif_type;
extern const struct stage_type netfront_type;
extern const struct stage_type pv_net_type;
extern const struct stage_type pv_host_type;

#endif
