/* SPDX-License-Identifier: MIT */
/* Mean and confidence of a few seeds. */
#ifndef ANALYSIS_ESTIMATE_H
#define ANALYSIS_ESTIMATE_H

struct estimate {
	double mean;
	double half; /* of the 95 % interval (Student's t); NAN for n < 2 */
};

/* n > 0 finite values. */
struct estimate estimate_of(const double *values, unsigned n);

#endif
