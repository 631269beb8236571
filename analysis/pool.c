/* SPDX-License-Identifier: MIT */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/pool.h"

struct pool_piece {
	struct pool_piece *next;
	alignas(max_align_t) char bytes[];
};

void *pool_alloc(struct pool *p, size_t size)
{
	struct pool_piece *piece = calloc(1, sizeof *piece + size);

	if (!piece) {
		fputs("ringsim: there is no memory left to draw with\n",
		      stderr);
		exit(1);
	}
	piece->next = p->pieces;
	p->pieces = piece;
	return piece->bytes;
}

/* Room is doubled whenever n is a power of two (0 included). */
void *pool_grow(struct pool *p, void *array, unsigned n, size_t element)
{
	void *larger;

	if (n & (n - 1))
		return array;
	larger = pool_alloc(p, (n ? 2 * (size_t)n : 1) * element);
	if (n)
		memcpy(larger, array, n * element);
	return larger;
}

char *pool_vtext(struct pool *p, const char *format, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = pool_alloc(p, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

char *pool_text(struct pool *p, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = pool_vtext(p, format, args);
	va_end(args);
	return text;
}

void pool_free(struct pool *p)
{
	struct pool_piece *next;

	for (; p->pieces; p->pieces = next) {
		next = p->pieces->next;
		free(p->pieces);
	}
}
