/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "analysis/text.h"

/* The length of the UTF-8 sequence that begins here; 0: there is none. */
static unsigned sequence_length(const unsigned char *s)
{
	unsigned n = *s < 0x80	 ? 1
		     : *s < 0xc2 ? 0
		     : *s < 0xe0 ? 2
		     : *s < 0xf0 ? 3
		     : *s < 0xf5 ? 4
				 : 0;
	unsigned i;

	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and beyond the last character. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

/* Control characters, C0 and C1; marks that turn the direction of writing. */
static int is_control(const unsigned char *s)
{
	return *s < 0x20 || *s == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0) ||
	       (s[0] == 0xe2 && s[1] == 0x80 &&
		((s[2] >= 0xa8 && s[2] <= 0xae) || s[2] == 0x8e ||
		 s[2] == 0x8f)) ||
	       (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

/* Where a text goes. */
enum use { PLAIN, QUOTED, TICK };

/*
 * Writes one character, or what stands for it; returns how many bytes of
 * `text` that was. gnuplot's own way to put an apostrophe into a quoted text,
 * two of them, fails at the text's beginning and before another one (5.4), so
 * it gets the typographer's.
 */
static unsigned put_character(FILE *to, const char *text, enum use use)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned n = sequence_length(s);

	if (!n) {
		fputc('?', to);
		return 1;
	}
	if (is_control(s)) {
		fputc(' ', to);
		return n;
	}
	if (use != PLAIN && *text == '\'')
		fputs("’", to);
	else if (use == TICK && *text == '%')
		fputs("%%", to);
	else
		fwrite(text, 1, n, to);
	return n;
}

static const char *next(const char *text)
{
	unsigned n = sequence_length((const unsigned char *)text);

	return text + (n ? n : 1);
}

unsigned text_length(const char *text, unsigned room)
{
	unsigned n = 0;

	for (; *text && n < room; text = next(text))
		n++;
	return n;
}

static void put(FILE *to, const char *text, unsigned room, enum use use)
{
	unsigned n = text_length(text, room + 1), i;
	unsigned whole = n > room ? room - 1 : n;

	for (i = 0; i < whole; i++)
		text += put_character(to, text, use);
	if (n > room)
		fputs("…", to);
}

void text_print(FILE *to, const char *text, unsigned room)
{
	put(to, text, room, PLAIN);
}

void text_quote(FILE *to, const char *text, unsigned room)
{
	fputc('\'', to);
	put(to, text, room, QUOTED);
	fputc('\'', to);
}

void text_quote_tick(FILE *to, const char *text, unsigned room)
{
	fputc('\'', to);
	put(to, text, room, TICK);
	fputc('\'', to);
}
