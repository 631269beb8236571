/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* vasprintf() */
#include "sim/app/verb/wrap.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* Columns of n bytes of UTF-8. */
static unsigned columns(const char *s, size_t n)
{
	unsigned c = 0;

	for (size_t i = 0; i < n; i++)
		c += ((unsigned char)s[i] & 0xc0) != 0x80;
	return c;
}

void wrap(FILE *to, unsigned at, unsigned indent, const char *text)
{
	unsigned line = at > indent ? 0 : at; /* where its words begin */

	while (*(text += strspn(text, " \n"))) {
		size_t n = strcspn(text, " \n");
		unsigned width = columns(text, n);

		if (at > line && at > indent && at + 1 + width > WRAP_COLUMNS) {
			fprintf(to, "\n%*s", (int)indent, "");
			at = line = indent;
		} else if (at > line && at > indent) {
			fputc(' ', to);
			at++;
		} else if (at < indent) {
			fprintf(to, "%*s", (int)(indent - at), "");
			at = line = indent;
		}
		fwrite(text, 1, n, to);
		at += width;
		text += n;
	}
	fputc('\n', to);
}

void wrapf(unsigned indent, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		text = mem_text("");
	wrap(stdout, 0, indent, text);
	free(text);
}
