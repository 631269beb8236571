/* SPDX-License-Identifier: MIT */
/* ringsim plot: which figure is meant, and where it goes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/render.h"
#include "analysis/text.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/complaints.h"
#include "sim/app/memory.h"
#include "sim/app/verb/options.h"

enum { OPT_OUTPUT, OPT_TERM, OPT_FORMAT, OPT_DB };

static const struct option_row options[] = {
	[OPT_OUTPUT] = {"output", 'o', "FILE",
			"Draw into FILE.svg, FILE.png or FILE.pdf; a folder/ "
			"takes all."},
	[OPT_TERM] = {"term", 't', NULL,
		      "Draw in letters on the terminal, as without -o."},
	[OPT_FORMAT] = {"format", 0, "FORMAT",
			"Of the files in a folder: png (default), svg, pdf."},
	[OPT_DB] = {"db", 'd', "FILE", "The database; default " DEFAULT_DB "."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"plot", "[FIGURE|EXPERIMENT|EXPERIMENT/FIGURE] [-o FILE | --term]",
	"Draws figures of what was run: into a file, or without one on the\n"
	"terminal. Without arguments it lists them. An experiment whose\n"
	"scenario describes no figure has one called auto.",
	options};

struct request {
	const char *what; /* NULL: everything */
	const char *output, *format, *db;
	bool term;
};

static const char *const format_names[] = {
	[FORMAT_SVG] = "svg", [FORMAT_PNG] = "png", [FORMAT_PDF] = "pdf"};

/* -1: it is none of them. */
static int format_named(const char *name)
{
	for (int i = FORMAT_SVG; i <= FORMAT_PDF; i++)
		if (strcasecmp(name, format_names[i]) == 0)
			return i;
	return -1;
}

static int tell(const struct trouble *t)
{
	fputs("ringsim plot: ", stderr);
	text_print(stderr, t->text, sizeof t->text);
	fputc('\n', stderr);
	return t->exit;
}

/* --- which figures -------------------------------------------------------- */

/* Indices into figures.all of those that are meant. */
struct choice {
	unsigned *all;
	unsigned n;
};

static bool is_meant(const struct figure *f, const char *what, bool by_scenario)
{
	size_t n = strlen(f->scenario);

	if (by_scenario)
		return strcasecmp(f->scenario, what) == 0;
	if (strcmp(f->name, what) == 0)
		return true;
	return strncasecmp(f->scenario, what, n) == 0 && what[n] == '/' &&
	       strcmp(f->name, what + n + 1) == 0;
}

static void choose(const struct figures *fs, const char *what, bool by_scenario,
		   struct choice *chosen)
{
	for (unsigned i = 0; i < fs->n; i++)
		if (!what || is_meant(&fs->all[i], what, by_scenario))
			*mem_push(chosen->all, chosen->n) = i;
}

static void print_figure(const struct figure *f, int width, FILE *to)
{
	int used = (int)text_length(f->name, 200) +
		   (int)text_length(f->scenario, 200) + 1;

	fputs("  ", to);
	text_print(to, f->scenario, 200);
	fputc('/', to);
	text_print(to, f->name, 200);
	fprintf(to, "%*s  ", used < width ? width - used : 0, "");
	text_print(to, f->title, 70);
	fputc('\n', to);
}

/* All of them, or the chosen ones. */
static void print_figures(const struct figures *fs, const struct choice *chosen,
			  FILE *to)
{
	unsigned n = chosen ? chosen->n : fs->n, width = 0;

	for (int print = 0; print < 2; print++) {
		for (unsigned i = 0; i < n; i++) {
			const struct figure *f =
				&fs->all[chosen ? chosen->all[i] : i];
			unsigned used = text_length(f->name, 200) +
					text_length(f->scenario, 200) + 1;

			if (print)
				print_figure(f, (int)width, to);
			else if (used > width)
				width = used;
		}
	}
}

/* The name that was meant, perhaps; malloc'ed, or NULL. */
static char *nearest(const struct figures *fs, const char *what)
{
	char **names = NULL, *near;
	unsigned n = 0;

	bool whole = strchr(what, '/');

	for (unsigned i = 0; i < fs->n; i++) {
		*mem_push(names, n) =
			whole ? mem_format("%s/%s", fs->all[i].scenario,
					   fs->all[i].name)
			      : mem_text(fs->all[i].name);
		*mem_push(names, n) = mem_text(fs->all[i].scenario);
	}
	near = mem_text(did_you_mean(what, (const char *const *)names, n));
	while (n)
		free(names[--n]);
	free(names);
	return near;
}

static int unknown(const struct figures *fs, const char *what)
{
	char *near = nearest(fs, what);

	fputs("ringsim plot: there is no figure or experiment \"", stderr);
	text_print(stderr, what, 80);
	if (near) {
		fputs("\"; did you mean ", stderr);
		text_print(stderr, near, 80);
		fputs("? There are:\n", stderr);
	} else {
		fputs("\". There are:\n", stderr);
	}
	free(near);
	print_figures(fs, NULL, stderr);
	return EXIT_USER;
}

static int ambiguous(const struct figures *fs, const char *what,
		     const struct choice *chosen)
{
	fputs("ringsim plot: \"", stderr);
	text_print(stderr, what, 80);
	fprintf(stderr,
		"\" can be one of %u figures, and one file holds one. "
		"Name one of these, or draw all with -o FOLDER/:\n",
		chosen->n);
	print_figures(fs, chosen, stderr);
	return EXIT_USER;
}

/* A figure's name is taken before an experiment's. */
static void find(const struct figures *fs, const char *what,
		 struct choice *chosen)
{
	choose(fs, what, false, chosen);
	if (what && chosen->n == 0)
		choose(fs, what, true, chosen);
}

/* --- where to ------------------------------------------------------------- */

static int draw_file(struct database *db, const struct figure *f,
		     enum format format, const char *path)
{
	struct trouble t = {0};
	struct chart *c = chart_build(db, f, &t);
	bool good = c && render_file(c, format, path, &t);

	chart_free(c);
	if (!good)
		return tell(&t);
	text_print(stdout, path, 4096);
	putchar('\n');
	return EXIT_DONE;
}

/* The terminal's size; without one, COLUMNS, else 80. */
static void terminal_size(unsigned *columns, unsigned *rows)
{
	const char *wish = getenv("COLUMNS");
	struct winsize size;
	long number;

	*columns = 80;
	*rows = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) {
		*columns = size.ws_col;
		*rows = size.ws_row;
	} else if (wish && option_number(wish, 1, 1000, &number)) {
		*columns = (unsigned)number;
	}
	if (*columns < 40)
		*columns = 40;
}

static int draw_term(struct database *db, const struct figure *f)
{
	struct trouble t = {0};
	struct chart *c = chart_build(db, f, &t);
	unsigned columns, rows;
	bool good = c;

	terminal_size(&columns, &rows);
	rows = rows < 24 ? 20 : rows > 40 ? 36 : rows - 4;
	if (c && c->n_panels > 1)
		rows = rows > 36 ? rows / 2 : 18;
	good = good && render_letters(c, columns - 1, rows, &t);
	chart_free(c);
	return good ? EXIT_DONE : tell(&t);
}

/* A name from a database as part of a file's name: it cannot lead anywhere
 * else, nor hide. */
static char *file_part(const char *name)
{
	char *part = mem_format("%.80s", name);

	for (char *p = part; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
			    "WXYZ0123456789_-.",
			    *p) ||
		    (*p == '.' && p == part))
			*p = '_';
	return part;
}

static int draw_into(struct database *db, const struct figure *f,
		     enum format format, const char *folder)
{
	char *scenario = file_part(f->scenario), *name = file_part(f->name);
	char *path = mem_format("%s%s-%s.%s", folder, scenario, name,
				format_names[format]);
	int code = draw_file(db, f, format, path);

	free(path);
	free(name);
	free(scenario);
	return code;
}

/* Nobody asked for it by name, and there are figures somebody described. */
static bool is_unasked(const struct figures *fs, const struct choice *chosen,
		       const struct figure *f, const struct request *r)
{
	bool described = false;

	for (unsigned i = 0; i < chosen->n; i++)
		described |=
			strcmp(fs->all[chosen->all[i]].name, FIGURE_AUTO) != 0;
	return !r->what && described && strcmp(f->name, FIGURE_AUTO) == 0;
}

/* All that can be drawn is drawn; the first trouble decides the exit. */
static int draw_folder(struct database *db, const struct figures *fs,
		       const struct choice *chosen, const struct request *r)
{
	int format = format_named(r->format ? r->format : "png");
	int code = EXIT_DONE, one;

	if (mkdir(r->output, 0777) && errno != EEXIST) {
		fprintf(stderr, "ringsim plot: %s: %s\n", r->output,
			strerror(errno));
		return EXIT_MACHINE;
	}
	for (unsigned i = 0; i < chosen->n; i++) {
		const struct figure *f = &fs->all[chosen->all[i]];

		if (is_unasked(fs, chosen, f, r))
			continue;
		one = draw_into(db, f, (enum format)format, r->output);
		code = code ? code : one;
	}
	return code;
}

static bool is_folder(const char *output)
{
	return output && *output && output[strlen(output) - 1] == '/';
}

static int format_of_file(const char *output)
{
	const char *ending = strrchr(output, '.');

	return ending ? format_named(ending + 1) : -1;
}

/* --- the verb ------------------------------------------------------------- */

static int draw_chosen(struct database *db, const struct figures *fs,
		       const struct choice *chosen, const struct request *r)
{
	int code = EXIT_DONE, one;

	if (is_folder(r->output))
		return draw_folder(db, fs, chosen, r);
	if (r->output && chosen->n > 1)
		return ambiguous(fs, r->what ? r->what : "everything", chosen);
	if (r->output)
		return draw_file(db, &fs->all[chosen->all[0]],
				 (enum format)format_of_file(r->output),
				 r->output);
	for (unsigned i = 0; i < chosen->n; i++) {
		if (i)
			putchar('\n');
		one = draw_term(db, &fs->all[chosen->all[i]]);
		code = code ? code : one;
	}
	return code;
}

static int draw(struct database *db, const struct figures *fs,
		const struct request *r)
{
	struct choice chosen = {0};
	int code;

	find(fs, r->what, &chosen);
	if (fs->n == 0) {
		fprintf(stderr, "ringsim plot: nothing was run in %s\n",
			db->path);
		code = EXIT_USER;
	} else if (chosen.n == 0) {
		code = unknown(fs, r->what);
	} else if (!r->output && !r->term && !r->what) {
		print_figures(fs, NULL, stdout);
		code = EXIT_DONE;
	} else {
		code = draw_chosen(db, fs, &chosen, r);
	}
	free(chosen.all);
	return code;
}

static int open_and_draw(const struct request *r)
{
	struct trouble t = {0};
	struct database db;
	struct figures fs;
	int code;

	if (!database_open(&db, r->db, &t))
		return tell(&t);
	code = figures_read(&fs, &db, &t) ? draw(&db, &fs, r) : tell(&t);
	figures_free(&fs);
	database_close(&db);
	return code;
}

/* EXIT_DONE: the request can be tried. */
static int check(const struct request *r)
{
	if (r->output && r->term)
		return verb_misused(&verb, "either -o or --term");
	if (r->format && format_named(r->format) < 0)
		return verb_misused(&verb,
				    "unknown format %s; there are svg, png and "
				    "pdf",
				    r->format);
	if (r->format && !is_folder(r->output))
		return verb_misused(&verb, "--format is for -o FOLDER/; a file "
					   "has an ending");
	if (r->output && !is_folder(r->output) && format_of_file(r->output) < 0)
		return verb_misused(&verb,
				    "%s ends in none of .svg, .png and .pdf; a "
				    "folder ends in /",
				    r->output);
	return EXIT_DONE;
}

static void take_option(struct request *r, int option)
{
	switch (option) {
	case OPT_OUTPUT:
		r->output = optarg;
		break;
	case OPT_TERM:
		r->term = true;
		break;
	case OPT_FORMAT:
		r->format = optarg;
		break;
	case OPT_DB:
		r->db = optarg;
		break;
	}
}

int cmd_plot(int argc, char **argv)
{
	struct request r = {.db = DEFAULT_DB};
	int option, code;

	while ((option = option_next(&verb, argc, argv, &code)) >= 0)
		take_option(&r, option);
	if (option == OPTION_EXIT)
		return code;
	if (argc - optind > 1)
		return verb_misused(&verb,
				    "one figure at a time, not %s and "
				    "%s",
				    argv[optind], argv[optind + 1]);
	r.what = argv[optind];
	code = check(&r);
	return code ? code : open_and_draw(&r);
}
