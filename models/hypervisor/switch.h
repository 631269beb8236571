/* SPDX-License-Identifier: MIT */
/* A guest that switches packets between two devices. See switch.c. */
#ifndef HYPERVISOR_SWITCH_H
#define HYPERVISOR_SWITCH_H

#include "sim/stage.h"

extern const struct stage_type switch_type;

#endif
