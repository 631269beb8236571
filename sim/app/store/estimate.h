/* SPDX-License-Identifier: MIT */
/* How well a number is known: 95 % confidence intervals over seeds. */
#ifndef APP_ESTIMATE_H
#define APP_ESTIMATE_H

/* NAN: unknown. With one value there is no interval. */
struct estimate {
	double value, low, high;
	unsigned n; /* values it rests on */
};

/* The mean of those of the n values that are not NAN; interval by Student's t,
 * which assumes that means over seeds are normally distributed. */
struct estimate estimate_mean(const double *values, unsigned n);

/*
 * Any statistic of all seeds: `whole` is its value, without[i] its value with
 * seed i left out. The interval is the jackknife's: it assumes that the
 * statistic is smooth in the data, so for a maximum it is a rough guide. No
 * interval if any of them is NAN.
 */
struct estimate estimate_jackknife(double whole, const double *without,
				   unsigned n);

#endif
