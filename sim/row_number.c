/* SPDX-License-Identifier: MIT */
/* Parameters that are numbers. */
#include "sim/row_kinds.h"

#include <stdio.h>
#include <string.h>

const struct notation notations[] = {
	[PARAM_TIME] = {time_units, true, true, "ns", "a time",
			"ps, ns, us, ms or s", "us\0ns", "20us"},
	[PARAM_COUNT] = {count_units, true, false, "1", "a count", "no unit",
			 "\0", "20"},
	[PARAM_POWER] = {count_units, true, false, "1", "a power of two",
			 "no unit", "\0", "64"},
	[PARAM_SIZE] = {size_units, true, false, "B", "a size",
			"B, KiB, MiB or GiB", "B\0KiB", "64KiB"},
	[PARAM_RATE] = {rate_units, false, false, "pps", "a rate of packets",
			"pps, kpps or Mpps", "kpps\0pps", "250kpps"},
	[PARAM_BITRATE] = {bitrate_units, false, false, "bps", "a bit rate",
			   "bps, kbps, Mbps or Gbps", "Mbps\0bps", "2.5Gbps"},
	[PARAM_RATIO] = {ratio_units, false, false, "1", "a ratio",
			 "no unit, or %", "\0", "0.15 or 15%"},
	[PARAM_SWITCH] = {.unit = ""},
	[PARAM_CHOICE] = {.unit = ""},
	[PARAM_JITTER] = {.unit = ""},
	[PARAM_NONE] = {.unit = ""},
};

enum quantity_error number_read(enum param_kind kind, const char *text,
				union number *out)
{
	const struct notation *as = &notations[kind];

	if (as->integer)
		return quantity_int(text, as->units, as->round, &out->integer);
	return quantity_double(text, as->units, &out->real);
}

/* One clause about what is wrong with a number. */
static void explain_number(enum param_kind kind, const char *text,
			   enum quantity_error error, char *why, size_t size)
{
	const struct notation *as = &notations[kind];
	const char *second = as->bare + strlen(as->bare) + 1;

	switch (error) {
	case QUANTITY_OK:
		break;
	case QUANTITY_NO_NUMBER:
		snprintf(why, size, "\"%.40s\" is not %s: write one like %s",
			 text, as->noun, as->example);
		break;
	case QUANTITY_NO_UNIT:
		snprintf(why, size,
			 "%.40s needs a unit: write %.40s%s or %.40s%s (%s)",
			 text, text, as->bare, text, second, as->allowed);
		break;
	case QUANTITY_BAD_UNIT:
		snprintf(why, size,
			 "\"%.40s\" has no place in \"%.40s\": %s has %s",
			 quantity_unit(text), text, as->noun, as->allowed);
		break;
	case QUANTITY_TOO_BIG:
		snprintf(why, size, "%.40s is more than can be simulated",
			 text);
		break;
	case QUANTITY_NOT_WHOLE:
		snprintf(why, size, "%.40s is not a whole number%s", text,
			 kind == PARAM_SIZE ? " of bytes" : "");
		break;
	}
}

bool number_in_range(enum param_kind kind, union number x, const char *min,
		     const char *max)
{
	union number low, high;

	if (min && number_read(kind, min, &low) == QUANTITY_OK &&
	    (notations[kind].integer ? x.integer < low.integer
				     : x.real < low.real))
		return false;
	if (max && number_read(kind, max, &high) == QUANTITY_OK &&
	    (notations[kind].integer ? x.integer > high.integer
				     : x.real > high.real))
		return false;
	return true;
}

/* Of an integer that is not, one on either side is. */
static bool is_power_of_two(int64_t x, int64_t *below)
{
	*below = 1;
	while (*below <= x / 2)
		*below *= 2;
	return *below == x;
}

bool number_parse(enum param_kind kind, const char *min, const char *max,
		  const char *text, union number *out, char *why, size_t size)
{
	enum quantity_error error = number_read(kind, text, out);
	int64_t below;

	if (error) {
		explain_number(kind, text, error, why, size);
		return false;
	}
	if (!number_in_range(kind, *out, min, max)) {
		snprintf(why, size,
			 "%.40s is out of range: it lies in %s to %s", text,
			 min ? min : "any", max ? max : "any");
		return false;
	}
	if (kind == PARAM_POWER && !is_power_of_two(out->integer, &below)) {
		snprintf(why, size,
			 "%.40s is not a power of two: write %lld or %lld",
			 text, (long long)below, (long long)below * 2);
		return false;
	}
	return true;
}

char *number_format(enum param_kind kind, union number x, char *out,
		    size_t size)
{
	const struct notation *as = &notations[kind];

	if (as->integer)
		return quantity_format_int(x.integer, as->units, out, size);
	return quantity_format_double(x.real, as->units, out, size);
}
