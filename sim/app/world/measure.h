/* SPDX-License-Identifier: MIT */
/* Metrics of a world, from their rows: made ready, reset, read. */
#ifndef APP_MEASURE_H
#define APP_MEASURE_H

#include "sim/app/world/world.h"

/* Gives the stage's metrics their memory. Before its build(). */
void measure_init(struct stage *s);
/* The warm-up is over: counting begins. */
void measure_reset(struct stage *s);
/* Fills in out->values. */
void measure_read(const struct scenario *sc, struct stage *const *stages,
		  struct outcome *out);

#endif
