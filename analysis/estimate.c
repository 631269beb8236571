/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

#include "analysis/estimate.h"

struct estimate estimate_of(const double *values, unsigned n)
{
	struct estimate e = {gsl_stats_mean(values, 1, n), NAN};

	if (n > 1)
		e.half = gsl_cdf_tdist_Pinv(0.975, n - 1) *
			 gsl_stats_sd_m(values, 1, n, e.mean) / sqrt(n);
	return e;
}
