/* SPDX-License-Identifier: MIT */
/*
 * Memory of one drawing: taken piece by piece, given back at once. A figure is
 * small; where even that does not fit, the program says so and ends with 1.
 */
#ifndef ANALYSIS_POOL_H
#define ANALYSIS_POOL_H

#include <stdarg.h>
#include <stddef.h>

/* Starts as {0}. */
struct pool {
	struct pool_piece *pieces;
};

/* Zeroed memory that lives until pool_free(). Never NULL. */
void *pool_alloc(struct pool *p, size_t size);

/*
 * Makes room for one more element behind the n there are: `array`, or a larger
 * copy of it. The new element is zeroed.
 */
void *pool_grow(struct pool *p, void *array, unsigned n, size_t element);

__attribute__((format(printf, 2, 3))) char *pool_text(struct pool *p,
						      const char *format, ...);
char *pool_vtext(struct pool *p, const char *format, va_list args);

void pool_free(struct pool *p);

#endif
