/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

json_t *json_number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

void json_print(json_t *what)
{
	json_dumpf(what, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(what);
}

json_t *json_text(const char *text)
{
	json_t *string = text ? json_string(text) : NULL;

	return string ? string : json_null();
}

static json_t *json_settings(const struct scenario *sc, unsigned point)
{
	json_t *all = json_object();
	char name[256];

	for (unsigned i = 0; i < sc->n_swept; i++) {
		void *params;
		const struct param *row =
			swept_value(sc, &sc->points[point], i, &params);
		double number;

		setting_name(sc, sc->swept[i], name, sizeof name);
		if (param_number(row, param_field(row, params), &number))
			json_object_set_new(all, name, json_number(number));
		else
			json_object_set_new(
				all, name,
				json_text(sc->points[point].values[i]));
		free(params);
	}
	return all;
}

static json_t *json_metrics(const struct experiment *exp,
			    const struct point_report *r)
{
	json_t *all = json_object();

	for (unsigned i = 0; i < exp->n_columns; i++) {
		const struct estimate *e = &r->estimates[i];
		json_t *one = json_object();

		json_object_set_new(one, "mean", json_number(e->value));
		json_object_set_new(one, "ci_low", json_number(e->low));
		json_object_set_new(one, "ci_high", json_number(e->high));
		json_object_set_new(one, "unit",
				    json_text(exp->columns[i].unit));
		json_object_set_new(all, exp->columns[i].name, one);
	}
	return all;
}

static json_t *json_point(const struct experiment *exp, unsigned point,
			  const struct point_report *r)
{
	json_t *one = json_object();

	json_object_set_new(one, "scenario", json_text(exp->scenario->name));
	json_object_set_new(one, "point", json_integer(point));
	json_object_set_new(one, "settings",
			    json_settings(exp->scenario, point));
	json_object_set_new(one, "runs", json_integer(r->runs.n));
	json_object_set_new(one, "ok", json_integer(r->runs.n_ok));
	json_object_set_new(one, "metrics", json_metrics(exp, r));
	return one;
}

bool report_points_json(struct session *s, unsigned experiment, json_t *to)
{
	const struct experiment *exp = s->experiments[experiment];
	bool ok = true;

	for (unsigned i = 0; ok && i < exp->scenario->n_points; i++) {
		struct point_report r = {0};

		ok = point_report_read(s->store, exp, i, &r);
		if (ok)
			json_array_append_new(to, json_point(exp, i, &r));
		point_report_free(&r);
	}
	return ok;
}

static json_t *json_verdict(const struct scenario *sc, const struct verdict *v)
{
	const struct expect *e = v->expect;
	json_t *one = json_object();

	json_object_set_new(one, "id", json_text(e->id));
	json_object_set_new(one, "scenario", json_text(sc->name));
	json_object_set_new(one, "kind", json_text(expect_kind_name(e->kind)));
	json_object_set_new(one, "metric",
			    json_text(e->metric ? e->metric : e->sql));
	json_object_set_new(one, "unit", json_text(e->unit));
	json_object_set_new(one, "low", json_number(e->low));
	json_object_set_new(one, "high", json_number(e->high));
	json_object_set_new(one, "value", json_number(v->estimate.value));
	json_object_set_new(one, "ci_low", json_number(v->estimate.low));
	json_object_set_new(one, "ci_high", json_number(v->estimate.high));
	json_object_set_new(one, "verdict", json_text(verdict_name(v->kind)));
	json_object_set_new(one, "documented", json_text(e->documented));
	json_object_set_new(one, "known_miss", json_text(e->known_miss));
	json_object_set_new(one, "note", json_text(v->note));
	return one;
}

void report_expects_json(const struct session *s, unsigned experiment,
			 expect_filter *wanted, void *arg, json_t *to)
{
	const struct scenario *sc = s->scenarios[experiment];
	const struct verdict *all = s->verdicts[experiment];

	for (unsigned i = 0; all && i < sc->n_expects; i++)
		if (!wanted || wanted(all[i].expect, arg))
			json_array_append_new(to, json_verdict(sc, &all[i]));
}
