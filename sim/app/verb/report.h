/* SPDX-License-Identifier: MIT */
/* What a session found, on stdout: as tables, or as JSON. */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/app/run/session.h"

/* A point's runs and, per column, the mean over seeds. */
struct point_report {
	struct point_runs runs;
	struct estimate *estimates;
};

/* Starts as {0}; freed with point_report_free() even if it fails. */
bool point_report_read(struct store *st, const struct experiment *exp,
		       unsigned point, struct point_report *r);
void point_report_free(struct point_report *r);

/* Means over seeds, a row per point, then the expectations. False: the
 * database is in the way; store_trouble() says how. */
bool report_points(struct session *s, unsigned experiment);
/* Appends an object per point to an array. */
bool report_points_json(struct session *s, unsigned experiment, json_t *to);

/* Is this expectation asked for? */
typedef bool expect_filter(const struct expect *e, void *arg);

/* The heads of the table of expectations, and its rows for one experiment that
 * was judged; NULL as filter takes all. Returns how many rows. */
struct table *report_expects_new(void);
unsigned report_expects(const struct session *s, unsigned experiment,
			expect_filter *wanted, void *arg, struct table *t);
void report_expects_json(const struct session *s, unsigned experiment,
			 expect_filter *wanted, void *arg, json_t *to);

/* A real, or null for what is not a finite number. */
json_t *json_number(double x);
/* A string, or null for none and for what is not UTF-8. */
json_t *json_text(const char *text);
/* Prints it on stdout and gives it up. */
void json_print(json_t *what);

#endif
