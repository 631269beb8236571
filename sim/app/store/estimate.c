/* SPDX-License-Identifier: MIT */
#include "sim/app/store/estimate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "sim/app/memory.h"

#define CONFIDENCE 0.95

static struct estimate interval(double value, double standard_error, unsigned n)
{
	double t = gsl_cdf_tdist_Pinv((1 + CONFIDENCE) / 2, n - 1);

	return (struct estimate){value, value - t * standard_error,
				 value + t * standard_error, n};
}

struct estimate estimate_mean(const double *values, unsigned n)
{
	struct estimate none = {NAN, NAN, NAN, 0};
	double *known = mem_new(n, sizeof *known);
	unsigned m = 0;

	for (unsigned i = 0; i < n; i++)
		if (!isnan(values[i]))
			known[m++] = values[i];
	if (m > 0)
		none.value = gsl_stats_mean(known, 1, m);
	none.n = m;
	if (m > 1)
		none = interval(none.value, gsl_stats_sd(known, 1, m) / sqrt(m),
				m);
	free(known);
	return none;
}

struct estimate estimate_jackknife(double whole, const double *without,
				   unsigned n)
{
	struct estimate alone = {whole, NAN, NAN, n};
	double variance;

	if (n < 2 || isnan(whole))
		return alone;
	/* (n-1)/n times the sum of squares; NAN goes through to the result. */
	variance = gsl_stats_variance(without, 1, n) * (n - 1) * (n - 1) / n;
	return isnan(variance) ? alone : interval(whole, sqrt(variance), n);
}
