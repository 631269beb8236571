/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* versionsort */
#include "sim/app/verb/asked.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/exit.h"
#include "sim/app/memory.h"

/* --- where the scenarios are -------------------------------------------- */

static bool is_folder(const char *path)
{
	DIR *dir = opendir(path);

	if (dir)
		closedir(dir);
	return dir;
}

/* The folder beside the one the program lies in. */
static char *folder_beside(void)
{
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	char *slash;

	if (n < 0)
		return NULL;
	program[n] = '\0';
	slash = strrchr(program, '/');
	*slash = '\0';
	return mem_format("%s/../scenarios", program);
}

static char *find_folder(void)
{
	const char *asked = getenv("RINGSIM_SCENARIOS");
	char *beside;

	if (asked)
		return mem_text(asked);
	if (is_folder(RINGSIM_SCENARIOS))
		return mem_text(RINGSIM_SCENARIOS);
	beside = folder_beside();
	return beside ? beside : mem_text("scenarios");
}

static int is_yaml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

/* What needs something that this ringsim was built without is left out. */
static void load_shipped(struct session *s, const char *path, const char *verb,
			 struct complaints *c)
{
	struct complaints own = {0};

	session_load(s, path, NULL, 0, &own);
	if (!complaints_only_absent(&own)) {
		complaints_take(c, &own);
		return;
	}
	fprintf(stderr, "ringsim %s: left out: ", verb);
	complaints_print(&own, stderr);
	complaints_free(&own);
}

static void load_folder(struct session *s, const char *folder, const char *verb,
			struct complaints *c)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_yaml, versionsort);

	if (n < 0) {
		complain(c, folder, 0, 0,
			 "the folder of the documented regimes cannot be "
			 "read; RINGSIM_SCENARIOS may say where it is");
		return;
	}
	for (int i = 0; i < n; i++) {
		char *path = mem_format("%s/%s", folder, entries[i]->d_name);

		load_shipped(s, path, verb, c);
		free(path);
		free(entries[i]);
	}
	free(entries);
}

/* --- what is asked for -------------------------------------------------- */

static bool is_file(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') ||
	       (n > 5 && strcmp(name + n - 5, ".yaml") == 0);
}

/* Is `id` the asked one or below it? */
static bool id_matches(const char *id, const char *asked)
{
	size_t n = strlen(asked);

	return strncmp(id, asked, n) == 0 && (id[n] == '\0' || id[n] == '.');
}

bool is_asked_for(const struct expect *e, void *filter)
{
	const struct asked_filter *f = filter;
	struct asked *a = f->asked;
	bool yes = a->n == 0;

	for (unsigned i = 0; i < a->n; i++) {
		const char *name = a->names[i];

		if (strcmp(name, f->scenario->path) != 0 &&
		    strcmp(name, f->scenario->name) != 0 &&
		    !id_matches(e->id, name))
			continue;
		if (a->used)
			a->used[i] = true;
		yes = true;
	}
	return yes;
}

static bool has_asked_for(const struct scenario *sc, struct asked *a)
{
	struct asked_filter filter = {a, sc};
	bool yes = a->n == 0;

	for (unsigned i = 0; i < sc->n_expects; i++)
		yes |= is_asked_for(&sc->expects[i], &filter);
	return yes;
}

/* Keeps the scenarios that somebody asked for. */
static void choose(struct session *s, struct asked *a)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n; i++)
		if (has_asked_for(s->scenarios[i], a))
			s->scenarios[kept++] = s->scenarios[i];
		else
			scenario_free(s->scenarios[i]);
	s->n = kept;
}

static const char *nearest_name(const struct session *s, const char *typed)
{
	const char **all = NULL, *meant;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		if (s->scenarios[i]->n_expects == 0)
			continue;
		*mem_push(all, n) = s->scenarios[i]->name;
		for (unsigned k = 0; k < s->scenarios[i]->n_expects; k++)
			*mem_push(all, n) = s->scenarios[i]->expects[k].id;
	}
	meant = did_you_mean(typed, all, n);
	free(all);
	return meant;
}

static bool expects_nothing(const struct session *s, const char *name)
{
	for (unsigned i = 0; i < s->n; i++)
		if (strcmp(s->scenarios[i]->name, name) == 0)
			return s->scenarios[i]->n_expects == 0;
	return false;
}

static void complain_of_name(const struct session *s, const char *name,
			     const char *verb, struct complaints *c)
{
	const char *meant = nearest_name(s, name);

	if (expects_nothing(s, name))
		complain(c, NULL, 0, 0, "ringsim %s: %s expects nothing", verb,
			 name);
	else
		complain(c, NULL, 0, 0,
			 "ringsim %s: nothing documented is named %s%s%s%s",
			 verb, name, meant ? "; did you mean " : "",
			 meant ? meant : "", meant ? "?" : "");
}

static void complain_of_unknown(const struct session *s, struct asked *a,
				const char *verb, struct complaints *c)
{
	for (unsigned i = 0; i < s->n; i++)
		has_asked_for(s->scenarios[i], a);
	for (unsigned i = 0; i < a->n; i++)
		if (!a->used[i] && !is_file(a->names[i]))
			complain_of_name(s, a->names[i], verb, c);
}

/* The shipped ones, unless only files were asked for. */
static void load(struct session *s, const struct asked *a, const char *verb,
		 struct complaints *c)
{
	bool shipped = a->n == 0;
	char *folder;

	for (unsigned i = 0; i < a->n; i++)
		if (is_file(a->names[i]))
			session_load(s, a->names[i], NULL, 0, c);
		else
			shipped = true;
	if (!shipped)
		return;
	folder = find_folder();
	load_folder(s, folder, verb, c);
	free(folder);
}

int asked_load(struct session *s, struct asked *a, const char *verb)
{
	struct complaints c = {0};
	int code = EXIT_DONE;

	a->used = mem_new(a->n, sizeof *a->used);
	load(s, a, verb, &c);
	if (c.n == 0)
		complain_of_unknown(s, a, verb, &c);
	choose(s, a);
	free(a->used);
	a->used = NULL;
	if (c.n == 0 && !session_check(s, &c))
		code = EXIT_MACHINE;
	if (c.n > 0)
		code = EXIT_USER;
	complaints_print(&c, stderr);
	complaints_free(&c);
	return code;
}
