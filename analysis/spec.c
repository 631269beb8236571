/* SPDX-License-Identifier: MIT */
/*
 * What a figure asks for, from the JSON the scenario's loader has written. The
 * loader has checked it; but the database is a file, and files travel.
 */
#include <math.h>
#include <string.h>

#include "analysis/spec.h"

static char *copy_text(struct pool *p, const json_t *text)
{
	return json_is_string(text)
		       ? pool_text(p, "%s", json_string_value(text))
		       : NULL;
}

/* A setting's value in `at` may be a number or a truth as well. */
static char *copy_value(struct pool *p, const json_t *value)
{
	if (json_is_number(value))
		return pool_text(p, "%.17g", json_number_value(value));
	if (json_is_boolean(value))
		return pool_text(p, "%s", json_is_true(value) ? "on" : "off");
	return copy_text(p, value);
}

bool spec_text(struct pool *p, const json_t *map, const char *key, char **out,
	       struct trouble *t)
{
	const json_t *text = json_object_get(map, key);

	if (text && !json_is_null(text) && !json_is_string(text))
		return trouble_user(t, "`%s` is no text", key);
	*out = copy_text(p, text);
	return true;
}

static bool add_name(struct pool *p, struct names *names, const json_t *text)
{
	if (!json_is_string(text))
		return false;
	names_add(p, names, copy_text(p, text));
	return true;
}

bool spec_names(struct pool *p, const json_t *map, const char *key,
		struct names *out, struct trouble *t)
{
	const json_t *list = json_object_get(map, key), *item;
	bool good = true;
	size_t i;

	*out = (struct names){0};
	if (json_is_array(list))
		json_array_foreach(list, i, item) good &=
			add_name(p, out, item);
	else if (list && !json_is_null(list))
		good = add_name(p, out, list);
	return good || trouble_user(t,
				    "`%s` is neither a name nor a list of "
				    "names",
				    key);
}

bool spec_scale(const json_t *map, const char *key, bool *log,
		struct trouble *t)
{
	const char *text = json_string_value(json_object_get(map, key));

	*log = text && !strcmp(text, "log");
	if (!text || *log || !strcmp(text, "linear"))
		return true;
	return trouble_user(t, "`%s: %s` is neither linear nor log", key, text);
}

bool spec_word(const json_t *map, const char *key, const char *const *words,
	       unsigned n, unsigned *out, struct trouble *t)
{
	const char *text = json_string_value(json_object_get(map, key));
	char known[200] = "";
	size_t used = 0;
	unsigned i;

	if (!text)
		return true;
	for (i = 0; i < n; i++)
		if (!strcmp(text, words[i])) {
			*out = i;
			return true;
		}
	for (i = 0; i < n && used < sizeof known; i++)
		used += (size_t)snprintf(known + used, sizeof known - used,
					 "%s%s", i ? ", " : "", words[i]);
	return trouble_user(t, "`%s: %s` is none of %s", key, text, known);
}

static bool read_kind(const json_t *spec, enum figure_kind *kind,
		      struct trouble *t)
{
	static const char *const kinds[] = {[FIGURE_LINES] = "lines",
					    [FIGURE_TIME] = "time",
					    [FIGURE_PERCENTILES] =
						    "percentiles",
					    [FIGURE_BARS] = "bars",
					    [FIGURE_EXPECTED] = "expected",
					    [FIGURE_STALLS] = "stalls",
					    [FIGURE_PANELS] = "panels"};
	unsigned i = FIGURE_LINES;
	bool good = spec_word(spec, "kind", kinds, FIGURE_PANELS + 1, &i, t);

	*kind = (enum figure_kind)i;
	return good;
}

static bool add_ideal(struct pool *p, struct spec *s, const json_t *ideal,
		      struct trouble *t)
{
	const json_t *sql = json_object_get(ideal, "sql");
	struct ideal *new;

	if (!json_is_string(sql))
		return trouble_user(t, "`ideal` has no `sql`");
	s->ideals = pool_grow(p, s->ideals, s->n_ideals, sizeof *s->ideals);
	new = &s->ideals[s->n_ideals++];
	new->sql = copy_text(p, sql);
	new->label = copy_text(p, json_object_get(ideal, "label"));
	if (!new->label)
		new->label = new->sql;
	return true;
}

static bool read_ideals(struct pool *p, const json_t *spec, struct spec *s,
			struct trouble *t)
{
	const json_t *ideal = json_object_get(spec, "ideal"), *item;
	size_t i;

	if (!ideal || json_is_null(ideal))
		return true;
	if (!json_is_array(ideal))
		return add_ideal(p, s, ideal, t);
	json_array_foreach(ideal, i,
			   item) if (!add_ideal(p, s, item, t)) return false;
	return true;
}

static bool add_pin(struct pool *p, struct spec *s, const char *setting,
		    json_t *value, struct trouble *t)
{
	char *text = copy_value(p, value);

	if (!text)
		return trouble_user(t, "`at: %s` is no value", setting);
	s->pins = pool_grow(p, s->pins, s->n_pins, sizeof *s->pins);
	s->pins[s->n_pins++] = (struct pin){pool_text(p, "%s", setting), text};
	return true;
}

/* `at` holds a setting at a value, or at one of a list. */
static bool read_pins(struct pool *p, json_t *spec, struct spec *s,
		      struct trouble *t)
{
	json_t *at = json_object_get(spec, "at"), *value;
	const char *setting;
	size_t i;

	json_object_foreach(at, setting, value)
	{
		if (!json_is_array(value) && !add_pin(p, s, setting, value, t))
			return false;
		for (i = 0; i < json_array_size(value); i++)
			if (!add_pin(p, s, setting, json_array_get(value, i),
				     t))
				return false;
	}
	return true;
}

static bool read_all(struct spec *s, struct pool *p, json_t *spec,
		     struct trouble *t)
{
	return read_kind(spec, &s->kind, t) &&
	       spec_text(p, spec, "title", &s->title, t) &&
	       spec_text(p, spec, "x", &s->x, t) &&
	       spec_text(p, spec, "label_x", &s->label_x, t) &&
	       spec_text(p, spec, "label_y", &s->label_y, t) &&
	       spec_scale(spec, "scale_x", &s->log_x, t) &&
	       spec_scale(spec, "scale_y", &s->log_y, t) &&
	       spec_names(p, spec, "y", &s->y, t) &&
	       spec_names(p, spec, "series", &s->series, t) &&
	       spec_names(p, spec, "band", &s->bands, t) &&
	       read_ideals(p, spec, s, t) && read_pins(p, spec, s, t) &&
	       spec_parts(s, p, spec, t);
}

bool spec_read(struct spec *s, struct pool *p, const struct figure *f,
	       struct trouble *t)
{
	json_error_t error;
	json_t *spec = json_loads(f->spec, 0, &error);
	bool good;

	*s = (struct spec){.from = NAN, .to = NAN, .margin = NAN};
	if (!json_is_object(spec)) {
		json_decref(spec);
		return trouble_user(t, "no JSON object: %s", error.text);
	}
	good = read_all(s, p, spec, t);
	json_decref(spec);
	return good;
}
