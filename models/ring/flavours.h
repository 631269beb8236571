/* SPDX-License-Identifier: MIT */
/* The inventory of flavours, one line each; their order is that of the help. */
#ifndef RING_FLAVOURS_H
#define RING_FLAVOURS_H

#include "models/ring/ring.h"
#include "sim/rows.h"

extern const struct ring_type ring_split_event;
extern const struct ring_type ring_split_flags;
extern const struct ring_type ring_none;
extern const struct ring_type ring_xen;

/* Indices into ring_types[] and ring_choices[], for a row of kind CHOICE. */
enum { RING_SPLIT_EVENT, RING_SPLIT_FLAGS, RING_NONE, RING_XEN };
extern const struct choice ring_choices[];

#endif
