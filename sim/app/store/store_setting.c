/* SPDX-License-Identifier: MIT */
/* What the rows of a scenario say, and the settings of its points. */
#include <stdlib.h>

#include "sim/app/store/store_inside.h"

/* The text after a row's name in `described`: where the value comes from. */
static const char *setting_source(const struct stage_conf *stage, unsigned row)
{
	const char *own = stage->sources[row];

	return own ? own : stage->type->params[row].source;
}

static bool describe(struct store *st, const struct experiment *exp,
		     const char *name, const char *unit, const char *kind,
		     const char *doc, const char *source)
{
	sqlite3_stmt *stmt = store_statement(st, ST_DESCRIBE);

	if (!stmt)
		return false;
	store_bind_text(stmt, 1, name);
	store_bind_text(stmt, 2, unit);
	store_bind_text(stmt, 3, kind);
	store_bind_text(stmt, 4, doc);
	store_bind_text(stmt, 5, source);
	store_bind_text(stmt, 6, exp->scenario->name);
	return store_step(st, stmt);
}

static bool parameter_id(struct store *st, const char *name, const char *unit,
			 sqlite3_int64 *id)
{
	sqlite3_stmt *stmt = store_statement(st, ST_PARAMETER_INSERT);

	if (!stmt)
		return false;
	store_bind_text(stmt, 1, name);
	store_bind_text(stmt, 2, unit);
	return store_number(st, stmt, 0, id);
}

/* As a number in the row's unit, or as text. */
static void bind_value(sqlite3_stmt *stmt, int at, const struct param *row,
		       void *params)
{
	const void *field = param_field(row, params);
	char text[512];
	double number;

	if (param_number(row, field, &number))
		sqlite3_bind_double(stmt, at, number);
	else
		store_bind_text(stmt, at,
				param_format(row, field, text, sizeof text));
}

static bool store_setting(struct store *st, const struct experiment *exp,
			  int point, struct setting at, void *params)
{
	const struct param *row = setting_row(exp->scenario, at);
	sqlite3_stmt *stmt = store_statement(st, ST_SETTING);
	sqlite3_int64 parameter;
	char name[256];

	setting_name(exp->scenario, at, name, sizeof name);
	if (!stmt || !parameter_id(st, name, param_unit(row), &parameter))
		return false;
	sqlite3_bind_int64(stmt, 1, exp->id);
	sqlite3_bind_int(stmt, 2, point);
	sqlite3_bind_int64(stmt, 3, parameter);
	bind_value(stmt, 4, row, params);
	return store_step(st, stmt);
}

bool store_stage(struct store *st, const struct experiment *exp, unsigned s)
{
	const struct stage_conf *stage = &exp->scenario->stages[s];

	for (unsigned i = 0; i < stage->type->n_params; i++) {
		const struct param *row = &stage->type->params[i];
		struct setting at = {s, i};
		char name[256];

		setting_name(exp->scenario, at, name, sizeof name);
		if (!describe(st, exp, name, param_unit(row), "parameter",
			      row->doc, setting_source(stage, i)))
			return false;
		if (swept_index(exp->scenario, at) < 0 &&
		    !store_setting(st, exp, -1, at, stage->params))
			return false;
	}
	return true;
}

bool store_swept(struct store *st, const struct experiment *exp, unsigned point)
{
	const struct scenario *sc = exp->scenario;

	for (unsigned i = 0; i < sc->n_swept; i++) {
		void *params;
		bool ok;

		swept_value(sc, &sc->points[point], i, &params);
		ok = store_setting(st, exp, (int)point, sc->swept[i], params);
		free(params);
		if (!ok)
			return false;
	}
	return true;
}

bool store_columns_described(struct store *st, const struct experiment *exp)
{
	for (unsigned i = 0; i < exp->n_columns; i++) {
		const struct column *c = &exp->columns[i];

		if (!describe(st, exp, c->name, c->unit, "metric", c->doc,
			      exp->scenario->stages[c->stage].type->name))
			return false;
	}
	return true;
}
