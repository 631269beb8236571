/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/xen_inside.h"
const struct sched_type sched_credit;
