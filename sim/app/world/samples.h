/* SPDX-License-Identifier: MIT */
/*
 * Samples: a scenario keeps some metrics window by window. Windowed metrics
 * have their windows. Levels and counters are looked at whenever a window ends,
 * by an event of the sampler's own that changes nothing.
 */
#ifndef APP_SAMPLES_H
#define APP_SAMPLES_H

#include "sim/app/world/world.h"

struct sampler;

/* When the warm-up is over and metrics are reset. NULL: no samples are asked
 * for. Lives as long as the run. */
struct sampler *samples_begin(const struct scenario *sc,
			      struct stage *const *stages, struct outcome *out);
/* The run is over: fills in out->samples. Before measure_read(), which sorts
 * windows. */
void samples_end(struct sampler *sampler, struct outcome *out);

#endif
