/* SPDX-License-Identifier: MIT */
/* What a scenario expects against what came out. */
#ifndef APP_VERDICT_H
#define APP_VERDICT_H

#include "sim/app/store/estimate.h"
#include "sim/app/store/store.h"

enum verdict_kind {
	VERDICT_MET,
	VERDICT_MISSED,
	VERDICT_REPORTED /* there is no band */
};

struct verdict {
	const struct expect *expect;
	enum verdict_kind kind;
	struct estimate estimate;
	char *note; /* NULL: there is nothing to say */
};

const char *verdict_name(enum verdict_kind kind);

/* Does every expectation name a metric there is, or SQL that may be run? False:
 * the machine is in the way, and that was said. */
bool verdicts_check(const struct scenario *sc, struct complaints *c);

/*
 * Judges every expectation of the scenario, in its order, and stores the
 * verdicts; the experiment has been committed. malloc'ed, one per expectation;
 * free with verdicts_free(). NULL: store_trouble().
 */
struct verdict *verdicts_judge(struct store *st, const struct experiment *exp);
void verdicts_free(struct verdict *all, unsigned n);

/* Is it other than the scenario records: missed without a known miss, or met
 * in spite of one? */
bool verdict_differs(const struct verdict *v);

#endif
