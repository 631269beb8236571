/* SPDX-License-Identifier: MIT */
/* Samples and figures: what is kept for drawing, and what is drawn. */
#include "sim/app/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

void load_samples(struct loader *l)
{
	(void)l;
}

void load_figures(struct loader *l)
{
	(void)l;
}
