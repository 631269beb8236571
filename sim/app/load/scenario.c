/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* tdestroy() */
#include "sim/app/load/loader.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"

const char *expect_kind_name(enum expect_kind kind)
{
	switch (kind) {
	case EXPECT_FITTED:
		return "fitted";
	case EXPECT_PREDICTED:
		return "predicted";
	case EXPECT_OBSERVED:
		return "observed";
	}
	return "";
}

int scenario_stage(const struct scenario *sc, const char *name)
{
	for (unsigned i = 0; i < sc->n_stages; i++)
		if (strcmp(sc->stages[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct param *setting_row(const struct scenario *sc, struct setting s)
{
	return &sc->stages[s.stage].type->params[s.row];
}

void *setting_field(const struct scenario *sc, struct setting s)
{
	return param_field(setting_row(sc, s), sc->stages[s.stage].params);
}

int swept_index(const struct scenario *sc, struct setting s)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (sc->swept[i].stage == s.stage && sc->swept[i].row == s.row)
			return (int)i;
	return -1;
}

unsigned scenario_far(const struct scenario *sc, unsigned s)
{
	unsigned first = s, last = s;

	while (first > 1 && !stage_is_last(&sc->stages[first - 1]))
		first--;
	while (last < sc->n_path && !stage_is_last(&sc->stages[last]))
		last++;
	if (first == last || s > sc->n_path)
		return 0;
	return s == first ? last : s == last ? first : 0;
}

void scenario_params(const struct scenario *sc, const struct point *pt,
		     unsigned s, void *params)
{
	const struct stage_conf *stage = &sc->stages[s];
	char why[512];

	memcpy(params, stage->params, stage->type->params_size);
	for (unsigned i = 0; i < sc->n_swept; i++) {
		const struct param *row;
		bool valid;

		if (sc->swept[i].stage != s)
			continue;
		row = setting_row(sc, sc->swept[i]);
		valid = param_parse(row, pt->values[i],
				    param_field(row, params), why, sizeof why);
		assert(valid && "the loader checked the values of points");
		(void)valid;
	}
}

/* The file's name without folder and ending. */
static char *stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = mem_text(slash ? slash + 1 : path);
	char *dot = strrchr(name, '.');

	if (dot && dot != name)
		*dot = '\0';
	return name;
}

/* A table of the database is called so, beside those that are always there. */
static void check_name(struct loader *l)
{
	const char *name = l->sc->name;
	bool reserved = strncasecmp(name, "sqlite_", 7) == 0 ||
			strncasecmp(name, "t_", 2) == 0 ||
			strncasecmp(name, "v_", 2) == 0 ||
			strcasecmp(name, "described") == 0 ||
			strcasecmp(name, "this") == 0;

	if (reserved || !is_name(name, true))
		complain(l->c, l->sc->path, 0, 0,
			 "\"%.60s\" names its results, but %s", name,
			 reserved ? "is a name of the database's own"
				  : "a name has at most 64 letters, digits, ., "
				    "_ and -");
}

static void free_stage(struct stage_conf *s)
{
	for (unsigned i = 0; s->sources && i < s->type->n_params; i++)
		free(s->sources[i]);
	free(s->sources);
	free(s->params);
	free(s->name);
}

static void free_expect(struct expect *e)
{
	free(e->id);
	free(e->metric);
	free(e->sql);
	free(e->unit);
	free(e->known_miss);
	free(e->documented);
}

void scenario_free(struct scenario *sc)
{
	struct loaded *loaded = (struct loaded *)sc;

	if (!sc)
		return;
	for (unsigned i = 0; i < sc->n_stages; i++)
		free_stage(&sc->stages[i]);
	for (unsigned i = 0; i < sc->n_expects; i++)
		free_expect(&sc->expects[i]);
	for (unsigned i = 0; i < sc->n_figures; i++) {
		free(sc->figures[i].name);
		free(sc->figures[i].json);
	}
	for (unsigned i = 0; i < sc->n_samples; i++)
		free(sc->samples[i]);
	free(sc->stages);
	free(sc->swept);
	for (unsigned i = 0; i < sc->n_points; i++)
		free(sc->points[i].values);
	free(sc->points);
	free(sc->expects);
	free(sc->figures);
	free(sc->samples);
	free(sc->pcap);
	free(sc->path);
	free(sc->name);
	free(sc->question);
	free(sc->source);
	tdestroy(loaded->texts, free);
	free(loaded);
}

static void free_loader(struct loader *l)
{
	yaml_free(l->file);
	assigns_free(&l->defaults);
	for (unsigned i = 0; i < l->n_names; i++)
		free(l->names[i]);
	for (unsigned i = 0; i < l->n_keys; i++)
		free((char *)l->keys[i]);
	for (unsigned i = 0; i < l->n_axes; i++) {
		for (unsigned j = 0; j < l->axes[i].n_steps; j++)
			free(l->axes[i].steps[j]);
		free(l->axes[i].steps);
		free(l->axes[i].settings);
	}
	free(l->axes);
	free(l->names);
	free(l->keys);
	free(l->open);
	columns_free(l->columns, l->n_columns);
}

/* --- windows ------------------------------------------------------------ */

/* What gives run.window or run.measure its value; NULL: --set. */
static const struct yaml *window_place(struct loader *l)
{
	static const char *const names[] = {"window", "measure"};
	const struct yaml *run = yaml_get(l->file, "run");
	const struct yaml *sweep = yaml_get(l->file, "sweep");

	for (unsigned i = 0; i < COUNT(names); i++) {
		struct setting s = {0, (unsigned)type_row(&run_type, names[i])};
		const char *source = l->sc->stages[0].sources[s.row];

		if (swept_index(l->sc, s) >= 0)
			return sweep ? sweep : yaml_get(l->file, "expect");
		if (source && strcmp(source, "set") == 0)
			return NULL;
		if (yaml_get(run, names[i]))
			return yaml_get(run, names[i]);
	}
	return l->file;
}

/* A run keeps what happened in each of its windows: it has a limit. */
static void check_windows(struct loader *l)
{
	const struct yaml *y;
	struct run_params run;
	int64_t n = 0;

	for (unsigned i = 0; i < l->sc->n_points && n <= MOST_WINDOWS; i++) {
		scenario_params(l->sc, &l->sc->points[i], 0, &run);
		n = run.measure / run.window;
	}
	if (n <= MOST_WINDOWS)
		return;
	y = window_place(l);
	complain(l->c, y ? y->file : NULL, y ? y->line : 0, y ? y->column : 0,
		 "run.measure has %lld times run.window in it; it may have %d "
		 "windows",
		 (long long)n, MOST_WINDOWS);
}

static void load(struct loader *l, const char *path, char *const *sets,
		 unsigned n)
{
	load_files(l, path);
	if (!l->file || l->file->kind != YAML_MAP)
		return;
	check_name(l);
	load_path(l);
	list_keys(l);
	load_sets(l, sets, n);
	if (!l->broken)
		l->columns = columns_of(l->sc, &l->n_columns);
	load_sweep(l);
	load_samples(l);
	load_pcap(l);
	load_expects(l);
	load_figures(l);
	check_windows(l);
	check_refusals(l);
}

struct scenario *scenario_load(const char *path, char *const *sets, unsigned n,
			       struct complaints *c)
{
	struct loaded *loaded = mem_new(1, sizeof *loaded);
	struct loader l = {.c = c, .sc = &loaded->sc};
	unsigned before = c->n;

	l.sc->path = mem_text(path);
	l.sc->name = stem(path);
	load(&l, path, sets, n);
	free_loader(&l);
	if (c->n == before)
		return &loaded->sc;
	scenario_free(&loaded->sc);
	return NULL;
}
