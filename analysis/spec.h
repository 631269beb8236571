/* SPDX-License-Identifier: MIT */
/* What the files that read a figure's JSON share. */
#ifndef ANALYSIS_SPEC_H
#define ANALYSIS_SPEC_H

#include <jansson.h>

#include "analysis/figure.h"

/* Each reads one key of a map; what is not there is left as it is. */
bool spec_text(struct pool *p, const json_t *map, const char *key, char **out,
	       struct trouble *t);
bool spec_names(struct pool *p, const json_t *map, const char *key,
		struct names *out, struct trouble *t);
bool spec_scale(const json_t *map, const char *key, bool *log,
		struct trouble *t);
/* One of n words, by its index. */
bool spec_word(const json_t *map, const char *key, const char *const *words,
	       unsigned n, unsigned *out, struct trouble *t);

/* Marks, ranges, panels and times. */
bool spec_parts(struct spec *s, struct pool *p, json_t *map, struct trouble *t);

#endif
