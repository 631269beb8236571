/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* vasprintf() */
#include "sim/app/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *p)
{
	if (p)
		return p;
	fputs("ringsim: the machine has no memory left.\n", stderr);
	exit(1);
}

void *mem_new(size_t n, size_t size)
{
	return there(calloc(n ? n : 1, size ? size : 1));
}

char *mem_text(const char *text)
{
	return text ? there(strdup(text)) : NULL;
}

char *mem_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return there(n < 0 ? NULL : text);
}

void *mem_room(void *array, unsigned n, size_t size)
{
	size_t room = n ? 2 * (size_t)n : 4;

	if ((n & (n - 1)) == 0 && (n == 0 || n >= 4)) {
		if (room > SIZE_MAX / size)
			there(NULL);
		array = there(realloc(array, room * size));
	}
	memset((char *)array + n * size, 0, size);
	return array;
}
