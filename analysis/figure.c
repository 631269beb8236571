/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "analysis/figure.h"

static char *copy(struct pool *p, sqlite3_stmt *row, int column)
{
	return pool_text(p, "%s", database_column(row, column));
}

/* A later experiment of the same scenario takes the place of an earlier. */
static struct figure *place_for(struct figures *fs, const char *scenario,
				const char *name)
{
	unsigned i;

	for (i = 0; i < fs->n; i++)
		if (!strcmp(fs->all[i].scenario, scenario) &&
		    !strcmp(fs->all[i].name, name))
			return &fs->all[i];
	fs->all = pool_grow(&fs->pool, fs->all, fs->n, sizeof *fs->all);
	return &fs->all[fs->n++];
}

static void add(struct figures *fs, sqlite3_stmt *row)
{
	struct pool *p = &fs->pool;

	*place_for(fs, database_column(row, 1), database_column(row, 2)) =
		(struct figure){.experiment = copy(p, row, 0),
				.scenario = copy(p, row, 1),
				.name = copy(p, row, 2),
				.spec = copy(p, row, 3),
				.question = copy(p, row, 4),
				.source = copy(p, row, 5),
				.title = copy(p, row, 6)};
}

/* The same seven columns from both questions. */
static const char described[] =
	"SELECT experiment, scenario, name, spec, question, source, '' "
	"FROM v_figure ORDER BY scenario";
static const char undescribed[] =
	"SELECT experiment, scenario, '" FIGURE_AUTO "', '', '', '', scenario "
	"FROM v_run WHERE scenario NOT IN (SELECT scenario FROM v_figure) "
	"GROUP BY experiment, scenario ORDER BY scenario, experiment";

static bool add_all(struct figures *fs, struct database *db, const char *sql,
		    struct trouble *t)
{
	sqlite3_stmt *row = database_prepare(db, t, sql, NULL);

	if (!row)
		return false;
	while (database_step(db, row, t))
		add(fs, row);
	sqlite3_finalize(row);
	return !t->text[0];
}

static void add_title(struct figures *fs, struct figure *f)
{
	struct spec s;
	struct trouble ignored;

	if (*f->spec && spec_read(&s, &fs->pool, f, &ignored) && s.title)
		f->title = s.title;
	if (!*f->title)
		f->title = f->name;
}

bool figures_read(struct figures *fs, struct database *db, struct trouble *t)
{
	unsigned i;

	*fs = (struct figures){0};
	if (!add_all(fs, db, described, t) || !add_all(fs, db, undescribed, t))
		return false;
	for (i = 0; i < fs->n; i++)
		add_title(fs, &fs->all[i]);
	return true;
}

void figures_free(struct figures *fs)
{
	pool_free(&fs->pool);
}

void names_add(struct pool *p, struct names *names, char *name)
{
	names->all = pool_grow(p, names->all, names->n, sizeof *names->all);
	names->all[names->n++] = name;
}

bool names_has(const struct names *names, const char *name)
{
	unsigned i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->all[i], name))
			return true;
	return false;
}
