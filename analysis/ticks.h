/* SPDX-License-Identifier: MIT */
/*
 * Where an axis has its marks: at 1, 2 or 5 times a power of ten; on a
 * logarithmic axis at as many per decade as there is room for. gnuplot has
 * marks of its own, but two panels with one x axis, or a figure that covers
 * less than a decade, want better ones.
 */
#ifndef ANALYSIS_TICKS_H
#define ANALYSIS_TICKS_H

#define MAX_TICKS 48

struct tick {
	double at;
	char text[64]; /* "": a mark without a number */
};

struct ticks {
	struct tick all[MAX_TICKS];
	unsigned n;
};

/* About `wanted` marks within low..high (low < high, finite). */
void ticks_linear(struct ticks *t, double low, double high, unsigned wanted);
/* The same for a logarithmic axis, 0 < low < high. */
void ticks_log(struct ticks *t, double low, double high, unsigned wanted);
/* One more mark; ignored when there are MAX_TICKS. */
void ticks_add(struct ticks *t, double at, const char *text);

#endif
