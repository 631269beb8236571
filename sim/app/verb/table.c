/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/app/memory.h"

#define GAP	   2
#define LEAST_WRAP 24 /* a wrapped column is never narrower */

/* A row of cells, or a note, or a title. */
struct line {
	char **cells;
	char *note, *title;
};

struct table {
	unsigned n_columns, wrapped;
	bool *right;
	struct line *lines; /* the first is the heads */
	unsigned n_lines;
	unsigned n_cells; /* of the open line; n_columns: there is none */
};

unsigned text_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
		return size.ws_col;
	return 120;
}

struct table *table_new(const char *const *heads, unsigned n, unsigned wrapped)
{
	struct table *t = mem_new(1, sizeof *t);

	t->n_columns = t->n_cells = n;
	t->wrapped = wrapped;
	t->right = mem_new(n, sizeof *t->right);
	for (unsigned i = 0; i < n; i++) {
		t->right[i] = heads[i][0] == '>';
		table_add(t, heads[i] + t->right[i]);
	}
	return t;
}

void table_add(struct table *t, const char *text)
{
	struct line *line;

	if (t->n_cells == t->n_columns) {
		line = mem_push(t->lines, t->n_lines);
		line->cells = mem_new(t->n_columns, sizeof *line->cells);
		t->n_cells = 0;
	}
	line = &t->lines[t->n_lines - 1];
	line->cells[t->n_cells++] = mem_text(text);
}

void table_note(struct table *t, const char *text)
{
	struct line *line = mem_push(t->lines, t->n_lines);

	line->note = mem_text(text);
	t->n_cells = t->n_columns;
}

void table_title(struct table *t, const char *text)
{
	struct line *line = mem_push(t->lines, t->n_lines);

	line->title = mem_text(text);
	t->n_cells = t->n_columns;
}

void table_free(struct table *t)
{
	for (unsigned i = 0; i < t->n_lines; i++) {
		for (unsigned k = 0; t->lines[i].cells && k < t->n_columns; k++)
			free(t->lines[i].cells[k]);
		free(t->lines[i].cells);
		free(t->lines[i].note);
		free(t->lines[i].title);
	}
	free(t->lines);
	free(t->right);
	free(t);
}

/* The bytes of `text` that fit into `width`, at a word's end if there is one;
 * *next: where the rest begins. */
static size_t fitting(const char *text, unsigned width, const char **next)
{
	size_t end = 0, word = 0;
	unsigned used = 0;

	for (; text[end]; end++) {
		if (((unsigned char)text[end] & 0xc0) == 0x80)
			continue;
		if (text[end] == ' ')
			word = end;
		if (used++ == width)
			break;
	}
	if (text[end] && word > 0)
		end = word;
	*next = text + end + strspn(text + end, " ");
	return end;
}

static void print_spaces(unsigned n, FILE *to)
{
	fprintf(to, "%*s", (int)n, "");
}

void print_wrapped(const char *text, unsigned indent, unsigned width, FILE *to)
{
	unsigned room =
		width > indent + LEAST_WRAP ? width - indent : LEAST_WRAP;

	while (*text) {
		const char *next;
		size_t n = fitting(text, room, &next);

		print_spaces(indent, to);
		fprintf(to, "%.*s\n", (int)n, text);
		text = next;
	}
}

static void find_widths(const struct table *t, unsigned *widths)
{
	for (unsigned i = 0; i < t->n_lines; i++)
		for (unsigned k = 0; t->lines[i].cells && k < t->n_columns;
		     k++) {
			const char *cell = t->lines[i].cells[k];
			unsigned w = cell ? text_width(cell) : 0;

			widths[k] = w > widths[k] ? w : widths[k];
		}
}

static void give_way(const struct table *t, unsigned *widths, unsigned width)
{
	unsigned others = 0, *wrapped;

	if (t->wrapped == TABLE_NO_WRAP)
		return;
	wrapped = &widths[t->wrapped];
	for (unsigned k = 0; k < t->n_columns; k++)
		others += k == t->wrapped ? 0 : widths[k] + GAP;
	if (others + *wrapped > width && *wrapped > LEAST_WRAP)
		*wrapped = width > others + LEAST_WRAP ? width - others
						       : LEAST_WRAP;
}

/* One line of a row; `rest` is what is left of each cell. */
static bool print_row_line(const struct table *t, const char **rest,
			   const unsigned *widths, FILE *to)
{
	bool more = false;
	unsigned owed = 0; /* spaces, printed only before a text */

	for (unsigned k = 0; k < t->n_columns; k++) {
		const char *cell = rest[k];
		size_t n = fitting(cell, widths[k], &rest[k]);
		char *part = mem_format("%.*s", (int)n, cell);
		unsigned pad = widths[k] - text_width(part);

		if (n > 0) {
			print_spaces(owed + (t->right[k] ? pad : 0), to);
			fputs(part, to);
			owed = 0;
		} else {
			pad = widths[k];
		}
		owed += (t->right[k] && n > 0 ? 0 : pad) + GAP;
		more = more || *rest[k];
		free(part);
	}
	fputc('\n', to);
	return more;
}

static void print_row(const struct table *t, const struct line *line,
		      const unsigned *widths, FILE *to)
{
	const char **rest = mem_new(t->n_columns, sizeof *rest);

	for (unsigned k = 0; k < t->n_columns; k++)
		rest[k] = line->cells[k] ? line->cells[k] : "";
	while (print_row_line(t, rest, widths, to))
		;
	free(rest);
}

static void print_line(const struct table *t, const struct line *line,
		       const unsigned *widths, unsigned width, FILE *to)
{
	if (line->note)
		print_wrapped(line->note, 4, width, to);
	if (line->title) {
		fputc('\n', to);
		print_wrapped(line->title, 0, width, to);
	}
	if (line->cells)
		print_row(t, line, widths, to);
}

void table_print(const struct table *t, unsigned width, FILE *to)
{
	unsigned *widths = mem_new(t->n_columns, sizeof *widths);

	find_widths(t, widths);
	give_way(t, widths, width);
	for (unsigned i = 0; i < t->n_lines; i++)
		print_line(t, &t->lines[i], widths, width, to);
	free(widths);
}
