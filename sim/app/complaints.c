/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* vasprintf() */
#include "sim/app/complaints.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

#define MOST	  1000 /* nobody mends more in one go */
#define WORD_SIZE 64

/* Length of the well-formed, printable UTF-8 character at s, or 0. */
static size_t printable(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (n == 1)
		return isprint(s[0]) ? 1 : 0;
	if (s[0] < 0xc2 || s[0] > 0xf4 || (s[0] == 0xc2 && s[1] < 0xa0))
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* What comes from a stranger's file must not steer the terminal. */
static void make_printable(char *text)
{
	char *to = text;
	size_t n;

	for (char *s = text; *s; s += n ? n : 1) {
		n = printable((unsigned char *)s);
		if (n) {
			memmove(to, s, n);
			to += n;
		} else {
			*to++ = '?';
		}
	}
	*to = '\0';
}

void complain(struct complaints *c, const char *file, int line, int column,
	      const char *format, ...)
{
	struct complaint *new;
	va_list args;

	if (c->n > MOST)
		return;
	new = mem_push(c->all, c->n);
	new->file = mem_text(file);
	new->line = line;
	new->column = column;
	if (c->n > MOST) {
		new->text = mem_text("there are more mistakes; mend these "
				     "first");
		return;
	}
	va_start(args, format);
	if (vasprintf(&new->text, format, args) < 0)
		new->text = mem_text("something is wrong here");
	va_end(args);
	make_printable(new->text);
}

static bool same_file(const struct complaint *a, const struct complaint *b)
{
	if (!a->file || !b->file)
		return a->file == b->file;
	return strcmp(a->file, b->file) == 0;
}

struct sorted {
	const struct complaint *all;
	unsigned file; /* the first complaint about the same file */
	unsigned self;
};

static int compare(const void *va, const void *vb)
{
	const struct sorted *a = va, *b = vb;
	const struct complaint *x = &a->all[a->self], *y = &b->all[b->self];

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (x->line != y->line)
		return x->line - y->line;
	if (x->column != y->column)
		return x->column - y->column;
	return a->self < b->self ? -1 : 1;
}

static void print(const struct complaint *c, FILE *to)
{
	size_t n = strlen(c->text);
	char *file = mem_text(c->file);

	if (file) {
		make_printable(file);
		fprintf(to, "%s:", file);
		if (c->line)
			fprintf(to, "%d:", c->line);
		if (c->line && c->column)
			fprintf(to, "%d:", c->column);
		fputc(' ', to);
	}
	fprintf(to, "%s%s\n", c->text,
		n && strchr(".?", c->text[n - 1]) ? "" : ".");
	free(file);
}

void complaints_print(const struct complaints *c, FILE *to)
{
	struct sorted *s = mem_new(c->n, sizeof *s);

	for (unsigned i = 0; i < c->n; i++) {
		s[i] = (struct sorted){c->all, i, i};
		for (unsigned j = 0; j < i; j++) {
			if (same_file(&c->all[i], &c->all[j])) {
				s[i].file = s[j].file;
				break;
			}
		}
	}
	qsort(s, c->n, sizeof *s, compare);
	for (unsigned i = 0; i < c->n; i++) {
		const struct complaint *this = &c->all[s[i].self];
		const struct complaint *last =
			i ? &c->all[s[i - 1].self] : NULL;

		/* A file that is included twice is wrong once. */
		if (last && s[i].file == s[i - 1].file &&
		    last->line == this->line && last->column == this->column &&
		    strcmp(last->text, this->text) == 0)
			continue;
		print(this, to);
	}
	free(s);
}

void complaints_take(struct complaints *to, struct complaints *from)
{
	for (unsigned i = 0; i < from->n; i++)
		*mem_push(to->all, to->n) = from->all[i];
	to->n_absent += from->n_absent;
	free(from->all);
	*from = (struct complaints){0};
}

bool complaints_only_absent(const struct complaints *c)
{
	return c->n > 0 && c->n == c->n_absent;
}

void complaints_free(struct complaints *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		free(c->all[i].file);
		free(c->all[i].text);
	}
	free(c->all);
	*c = (struct complaints){0};
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau and Levenshtein: insert, delete, replace, swap neighbours. */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[3][WORD_SIZE + 1];
	unsigned n = (unsigned)strlen(a), m = (unsigned)strlen(b);

	for (unsigned j = 0; j <= m; j++)
		d[0][j] = j;
	for (unsigned i = 1; i <= n; i++) {
		unsigned *row = d[i % 3], *above = d[(i + 2) % 3];
		unsigned *second = d[(i + 1) % 3];

		row[0] = i;
		for (unsigned j = 1; j <= m; j++) {
			unsigned differ = tolower((unsigned char)a[i - 1]) !=
					  tolower((unsigned char)b[j - 1]);

			row[j] = least(above[j] + 1, row[j - 1] + 1,
				       above[j - 1] + differ);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && second[j - 2] + 1 < row[j])
				row[j] = second[j - 2] + 1;
		}
	}
	return d[n % 3][m];
}

const char *did_you_mean(const char *typed, const char *const *candidates,
			 unsigned n)
{
	size_t length = strlen(typed);
	unsigned best = (unsigned)(length + 2) / 4 + 1; /* that is too far */
	const char *meant = NULL;

	if (length > WORD_SIZE)
		return NULL;
	for (unsigned i = 0; i < n; i++) {
		unsigned d = strlen(candidates[i]) > WORD_SIZE
				     ? best
				     : distance(typed, candidates[i]);

		if (d < best) {
			best = d;
			meant = candidates[i];
		}
	}
	return meant;
}
