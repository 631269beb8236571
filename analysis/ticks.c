/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "analysis/ticks.h"

void ticks_add(struct ticks *t, double at, const char *text)
{
	struct tick *tick = &t->all[t->n];

	if (t->n == MAX_TICKS)
		return;
	t->n++;
	tick->at = at;
	snprintf(tick->text, sizeof tick->text, "%s", text);
}

/* 1, 2 or 5 times a power of ten, not much less than `raw`. */
static double round_step(double raw)
{
	static const double steps[] = {1, 2, 5, 10};
	double power = pow(10, floor(log10(raw)));
	unsigned i = 0;

	while (i < 3 && steps[i] * power < 0.7 * raw)
		i++;
	return steps[i] * power;
}

static int decimals_of(double step)
{
	int decimals = (int)ceil(-log10(step) - 1e-9);

	return decimals > 0 ? decimals : 0;
}

void ticks_linear(struct ticks *t, double low, double high, unsigned wanted)
{
	double step = round_step((high - low) / wanted);
	double first = ceil(low / step - 1e-9);
	double last = floor(high / step + 1e-9);
	char text[32];
	double i;

	for (i = first; i <= last && t->n < MAX_TICKS; i++) {
		snprintf(text, sizeof text, "%.*f", decimals_of(step),
			 i == 0 ? 0. : i * step);
		ticks_add(t, i * step, text);
	}
}

static void log_tick(struct ticks *t, double at, bool numbered)
{
	char text[32] = "";

	if (numbered && at >= 1e-5 && at < 1e7)
		snprintf(text, sizeof text, "%.*f", decimals_of(at), at);
	else if (numbered)
		snprintf(text, sizeof text, "%g", at);
	ticks_add(t, at, text);
}

/* Which digits are numbered: all, 1-2-5, or the decades alone. Bit by digit. */
static unsigned log_digits(double decades, unsigned wanted)
{
	if (decades * 8 <= wanted)
		return 0x3fe; /* 1 to 9 */
	if (decades * 3 <= wanted + 3)
		return 1 << 1 | 1 << 2 | 1 << 5;
	return 1 << 1;
}

/* Which digits have a mark at all: over many decades there is no room. */
static unsigned log_marks(double decades)
{
	if (decades * 9 < MAX_TICKS - 9)
		return 0x3fe;
	return decades * 3 < MAX_TICKS - 3 ? 1 << 1 | 1 << 2 | 1 << 5 : 1 << 1;
}

void ticks_log(struct ticks *t, double low, double high, unsigned wanted)
{
	double decades = log10(high / low);
	unsigned digits = log_digits(decades, wanted);
	unsigned marks = log_marks(decades);
	int every = (int)ceil(decades / (wanted + 1));
	int power, digit;

	for (power = (int)floor(log10(low)); power <= log10(high); power++) {
		for (digit = 1; digit < 10; digit++) {
			double at = digit * pow(10, power);

			if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9))
				continue;
			if (every > 1 && (digit > 1 || power % every))
				continue;
			if (!(marks >> digit & 1))
				continue;
			log_tick(t, at, digits >> digit & 1);
		}
	}
}
