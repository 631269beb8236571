/* SPDX-License-Identifier: MIT */
/* The numbers that each kind of metric gives. Their order is that of a run's
 * results. */
#include "sim/rows.h"

static const struct statistic counter_statistics[] = {
	{"", NULL, "how many, after the warm-up"},
	{".rate", "1/s", "how many per second"},
};
static const struct statistic level_statistics[] = {
	{".mean", NULL, "mean over time"},
	{".max", NULL, "largest value"},
};
static const struct statistic span_statistics[] = {
	{".mean", "ns", "mean"},
	{".p50", "ns", "median"},
	{".p99", "ns", "99th percentile"},
	{".p99.9", "ns", "99.9th percentile"},
	{".max", "ns", "longest"},
};
static const struct statistic windowed_statistics[] = {
	{"", NULL, "over the whole measurement"},
	{".p1", NULL, "1st percentile over windows"},
	{".p50", NULL, "median over windows"},
	{".p99", NULL, "99th percentile over windows"},
	{".cv", "1", "standard deviation over windows, divided by the mean"},
};
static const struct statistic number_statistics[] = {
	{"", NULL, "at the end of the run"},
};

const struct statistic *metric_statistics(enum metric_kind kind, unsigned *n)
{
	static const struct {
		const struct statistic *all;
		unsigned n;
	} by_kind[] = {
		[METRIC_COUNTER] = {ROWS(counter_statistics)},
		[METRIC_LEVEL] = {ROWS(level_statistics)},
		[METRIC_SPAN] = {ROWS(span_statistics)},
		[METRIC_WINDOWED] = {ROWS(windowed_statistics)},
		[METRIC_NUMBER] = {ROWS(number_statistics)},
	};

	*n = by_kind[kind].n;
	return by_kind[kind].all;
}
