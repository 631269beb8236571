/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/complaints.h"

/* getopt's codes: an option's index, above every letter. */
#define FIRST_CODE 256
#define HELP_CODE  (FIRST_CODE + OPTIONS_MAX)

static unsigned count_rows(const struct verb *v)
{
	unsigned n = 0;

	while (v->options[n].name)
		n++;
	assert(n < OPTIONS_MAX);
	return n;
}

static void print_help(const struct verb *v)
{
	printf("usage: ringsim %s %s\n\n%s\n\n", v->name, v->usage, v->doc);
	for (const struct option_row *row = v->options; row->name; row++) {
		char left[48];

		snprintf(left, sizeof left, "--%s%s%s", row->name,
			 row->value ? " " : "", row->value ? row->value : "");
		if (row->letter)
			printf("  -%c, %-18s  %s\n", row->letter, left,
			       row->doc);
		else
			printf("      %-18s  %s\n", left, row->doc);
	}
	printf("      %-18s  %s\n", "--help", "This text.");
}

int verb_misused(const struct verb *v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "ringsim %s: ", v->name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return EXIT_USER;
}

static int unknown_option(const struct verb *v, const char *typed)
{
	const char *names[OPTIONS_MAX];
	unsigned n = count_rows(v);
	const char *meant;
	char name[64];

	for (unsigned i = 0; i < n; i++)
		names[i] = v->options[i].name;
	names[n] = "help";
	snprintf(name, sizeof name, "%.*s", (int)strcspn(typed, "="), typed);
	meant = did_you_mean(name + strspn(name, "-"), names, n + 1);
	if (meant)
		return verb_misused(v, "unknown option %s; did you mean --%s?",
				    name, meant);
	return verb_misused(v, "unknown option %s; see ringsim %s --help", name,
			    v->name);
}

/* The rows as getopt_long() and getopt() want them. */
static void fill_getopt(const struct verb *v, struct option *all, char *letters)
{
	unsigned n = count_rows(v);

	*letters++ = ':';
	for (unsigned i = 0; i < n; i++) {
		const struct option_row *row = &v->options[i];

		all[i] = (struct option){row->name, row->value != NULL, NULL,
					 FIRST_CODE + (int)i};
		if (row->letter)
			*letters++ = row->letter;
		if (row->letter && row->value)
			*letters++ = ':';
	}
	*letters = '\0';
	all[n] = (struct option){"help", 0, NULL, HELP_CODE};
	all[n + 1] = (struct option){NULL, 0, NULL, 0};
}

static int row_of_letter(const struct verb *v, int letter)
{
	for (int i = 0; v->options[i].name; i++)
		if (v->options[i].letter == letter)
			return i;
	return -1;
}

/* The text that getopt has just looked at. */
static const char *looked_at(char **argv)
{
	return argv[optind > 1 ? optind - 1 : 1];
}

static int told(int *exit_code, int code)
{
	*exit_code = code;
	return OPTION_EXIT;
}

int option_next(const struct verb *v, int argc, char **argv, int *exit_code)
{
	struct option all[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 2], short_form[3] = "-";
	int code;

	fill_getopt(v, all, letters);
	opterr = 0;
	code = getopt_long(argc, argv, letters, all, NULL);
	if (code == -1)
		return OPTION_END;
	if (code == HELP_CODE) {
		print_help(v);
		return told(exit_code, EXIT_DONE);
	}
	if (code == ':')
		return told(exit_code,
			    verb_misused(v,
					 "%s wants a value; see ringsim "
					 "%s --help",
					 looked_at(argv), v->name));
	if (code == '?' && optopt && optopt < FIRST_CODE) {
		short_form[1] = (char)optopt;
		return told(exit_code, unknown_option(v, short_form));
	}
	if (code == '?' && optopt)
		return told(exit_code, verb_misused(v, "%s takes no value",
						    looked_at(argv)));
	if (code == '?')
		return told(exit_code, unknown_option(v, looked_at(argv)));
	return code >= FIRST_CODE ? code - FIRST_CODE : row_of_letter(v, code);
}

bool option_number(const char *text, long least, long most, long *out)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (end == text || *end || errno || number < least || number > most)
		return false;
	*out = number;
	return true;
}
