/* SPDX-License-Identifier: MIT */
/* The files of a scenario: includes, and what any of them may say. */
#include "sim/app/load/loader.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"
#include "sim/ns3/clock.h"

static void vgripe(struct loader *l, const char *file, int line, int column,
		   const char *format, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof text, format, args);
	complain(l->c, file, line, column, "%s", text);
}

void gripe(struct loader *l, const struct yaml *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vgripe(l, at->file, at->line, at->column, format, args);
	va_end(args);
}

void gripe_key(struct loader *l, const struct yaml *in,
	       const struct yaml_entry *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vgripe(l, in->file, at->line, at->column, format, args);
	va_end(args);
}

void need_ns3(struct loader *l, const struct yaml *at, const char *what)
{
	if (ns3_built())
		return;
	gripe(l, at,
	      "%s is ns-3's, and this ringsim was built without ns-3; "
	      "./setup builds one with it",
	      what);
	l->c->n_absent++;
}

char *meant(const char *typed, const char *const *known, unsigned n, char *out,
	    size_t size)
{
	const char *near = did_you_mean(typed, known, n);

	snprintf(out, size, near ? "; did you mean %s?" : "%s",
		 near ? near : "");
	return out;
}

void check_keys(struct loader *l, const struct yaml *map, const char *what,
		const char *const *known, unsigned n)
{
	char near[128];

	for (unsigned i = 0; i < map->n; i++) {
		const struct yaml_entry *e = &map->entries[i];
		bool found = false;

		for (unsigned j = 0; j < n && !found; j++)
			found = strcmp(known[j], e->key) == 0;
		if (!found)
			gripe_key(l, map, e, "%s has no key \"%.60s\"%s", what,
				  e->key,
				  meant(e->key, known, n, near, sizeof near));
	}
}

const char *text_of(struct loader *l, const struct yaml *y, const char *what)
{
	if (y->kind == YAML_TEXT && y->text)
		return y->text;
	gripe(l, y, "%s is a text, but here is %s", what, yaml_kind_name(y));
	return NULL;
}

bool is_name(const char *text, bool dots)
{
	size_t n = strlen(text);

	if (n == 0 || n > MOST_NAME || !isalnum((unsigned char)*text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && *text != '_' &&
		    *text != '-' && !(dots && *text == '.'))
			return false;
	return true;
}

static const struct stage_type *find_type(const char *name)
{
	for (unsigned i = 0; stage_types[i]; i++)
		if (strcmp(stage_types[i]->name, name) == 0)
			return stage_types[i];
	return NULL;
}

static void unknown_type(struct loader *l, const struct yaml *in,
			 const struct yaml_entry *e)
{
	const char **known = NULL;
	unsigned n = 0;
	char near[128];

	for (unsigned i = 0; stage_types[i]; i++)
		*mem_push(known, n) = stage_types[i]->name;
	gripe_key(l, in, e, "there is no stage type \"%.60s\"%s", e->key,
		  meant(e->key, known, n, near, sizeof near));
	free(known);
}

static void read_params(struct loader *l, const struct stage_type *type,
			const struct yaml *map, const char *what)
{
	if (map->kind == YAML_TEXT && !map->text)
		return;
	if (map->kind != YAML_MAP) {
		gripe(l, map, "%s is a map of parameters, but here is %s", what,
		      yaml_kind_name(map));
		return;
	}
	for (unsigned i = 0; i < map->n; i++)
		read_param(l, type, map, &map->entries[i], &l->defaults);
}

static void read_defaults(struct loader *l, const struct yaml *map)
{
	if (map->kind != YAML_MAP) {
		gripe(l, map,
		      "defaults is a map of stage types, but here is %s",
		      yaml_kind_name(map));
		return;
	}
	for (unsigned i = 0; i < map->n; i++) {
		const struct yaml_entry *e = &map->entries[i];
		const struct stage_type *type = find_type(e->key);

		if (type)
			read_params(l, type, e->value, type->name);
		else
			unknown_type(l, map, e);
	}
}

/* The text of `key`, if it is there, replaces *to. */
static void read_text(struct loader *l, const struct yaml *map, const char *key,
		      char **to)
{
	const struct yaml *y = yaml_get(map, key);
	const char *text = y ? text_of(l, y, key) : NULL;

	if (!text)
		return;
	free(*to);
	*to = mem_text(text);
}

static struct yaml *load_file(struct loader *l, const char *path,
			      const struct yaml *from);

/* The path of an included file, relative to the one that includes it. */
static char *beside(const char *file, const char *name)
{
	char *folder = mem_text(file);
	char *path = *name == '/' || !strchr(file, '/')
			     ? mem_text(name)
			     : mem_format("%s/%s", dirname(folder), name);

	free(folder);
	return path;
}

static void read_include(struct loader *l, const struct yaml *y)
{
	const char *name = text_of(l, y, "an include");
	char *path;

	if (!name)
		return;
	path = beside(y->file, name);
	yaml_free(load_file(l, path, y));
	free(path);
}

static void read_includes(struct loader *l, const struct yaml *y)
{
	if (y->kind == YAML_TEXT)
		read_include(l, y);
	else if (y->kind == YAML_MAP)
		gripe(l, y, "include is a list of files, but here is a map");
	for (unsigned i = 0; y->kind == YAML_LIST && i < y->n; i++)
		read_include(l, y->entries[i].value);
}

static void read_common(struct loader *l, const struct yaml *map)
{
	const struct yaml *y;

	if ((y = yaml_get(map, "include")))
		read_includes(l, y);
	read_text(l, map, "question", &l->sc->question);
	read_text(l, map, "source", &l->sc->source);
	if ((y = yaml_get(map, "defaults")))
		read_defaults(l, y);
	if ((y = yaml_get(map, "run")))
		read_params(l, &run_type, y, "run");
}

static void read_map(struct loader *l, const struct yaml *map, bool included)
{
	static const char *const keys[] = {
		"include", "question", "source", "defaults", "run", "path",
		"sweep",   "samples",  "expect", "figures",  "pcap"};

	if (map->kind != YAML_MAP) {
		gripe(l, map, "a scenario is a map of keys, but here is %s",
		      yaml_kind_name(map));
		return;
	}
	check_keys(l, map, included ? "an included file" : "a scenario", keys,
		   included ? 5 : COUNT(keys));
	read_common(l, map);
}

/* A file that is around itself would never end. */
static bool around(struct loader *l, const char *real)
{
	for (unsigned i = 0; i < l->n_open; i++)
		if (strcmp(l->open[i], real) == 0)
			return true;
	return false;
}

/* Where a file cannot be read, the place to mend is where it is named. */
static void move_complaint(struct loader *l, unsigned before, const char *name,
			   const struct yaml *from)
{
	struct complaint *c = &l->c->all[before];
	char *text;

	if (!from || l->c->n == before || c->line)
		return;
	text = mem_format("%s cannot be included: %s", name, c->text);
	free(c->text);
	free(c->file);
	c->text = text;
	c->file = mem_text(from->file);
	c->line = from->line;
	c->column = from->column;
}

static struct yaml *read_once(struct loader *l, const char *path,
			      const struct yaml *from)
{
	unsigned before = l->c->n;
	struct yaml *map;
	char *name = mem_text(path);

	*mem_push(l->names, l->n_names) = name;
	map = yaml_read(name, l->c);
	if (map)
		read_map(l, map, from != NULL);
	else
		move_complaint(l, before, name, from);
	return map;
}

static struct yaml *load_file(struct loader *l, const char *path,
			      const struct yaml *from)
{
	char *real = realpath(path, NULL);
	struct yaml *map = NULL;

	if (real && around(l, real)) {
		gripe(l, from, "%.200s includes itself", path);
	} else if (l->n_names == MOST_FILES) {
		gripe(l, from, "more than %d files are included", MOST_FILES);
	} else {
		*mem_push(l->open, l->n_open) = real ? real : mem_text(path);
		real = NULL;
		map = read_once(l, path, from);
		free(l->open[--l->n_open]);
	}
	free(real);
	return map;
}

void load_files(struct loader *l, const char *path)
{
	l->file = load_file(l, path, NULL);
}
