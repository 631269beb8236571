/* SPDX-License-Identifier: MIT */
/*
 * The parts of a figure that some kinds have. The loader has turned times into
 * ns and bounds into the units of results.
 */
#include <math.h>
#include <string.h>

#include "analysis/spec.h"

static bool read_time(const json_t *map, const char *key, double *ns,
		      struct trouble *t)
{
	const json_t *value = json_object_get(map, key);

	if (!value || json_is_null(value))
		return true;
	*ns = json_number_value(value);
	return json_is_number(value) || trouble_user(t, "`%s` is no time", key);
}

static bool read_marks(struct spec *s, struct pool *p, json_t *map,
		       struct trouble *t)
{
	json_t *marks = json_object_get(map, "marks"), *value;
	const char *name;

	json_object_foreach(marks, name, value)
	{
		if (!json_is_number(value))
			return trouble_user(t, "`marks: %s` is no time", name);
		s->marks = pool_grow(p, s->marks, s->n_marks, sizeof *s->marks);
		s->marks[s->n_marks++] = (struct named_time){
			pool_text(p, "%s", name), json_number_value(value)};
	}
	return true;
}

/* An open end is null. */
static bool read_end(const json_t *value, double open, double *out)
{
	*out = json_is_number(value) ? json_number_value(value) : open;
	return json_is_number(value) || json_is_null(value);
}

static bool add_range(struct spec *s, struct pool *p, const char *at,
		      json_t *value, struct trouble *t)
{
	struct range_spec *r;

	s->ranges = pool_grow(p, s->ranges, s->n_ranges, sizeof *s->ranges);
	r = &s->ranges[s->n_ranges++];
	r->value = pool_text(p, "%s", at);
	if (json_is_string(value)) {
		r->id = pool_text(p, "%s", json_string_value(value));
		return true;
	}
	if (json_array_size(value) == 2 &&
	    read_end(json_array_get(value, 0), -INFINITY, &r->low) &&
	    read_end(json_array_get(value, 1), INFINITY, &r->high))
		return true;
	return trouble_user(t, "`ranges: %s` is neither [low, high] nor an id",
			    at);
}

static bool read_ranges(struct spec *s, struct pool *p, json_t *map,
			struct trouble *t)
{
	json_t *ranges = json_object_get(map, "ranges"), *value;
	const char *at;

	json_object_foreach(ranges, at, value) if (!add_range(s, p, at, value,
							      t)) return false;
	return true;
}

static bool add_panel(struct spec *s, struct pool *p, const json_t *map,
		      struct trouble *t)
{
	static const char *const kinds[] = {[PANEL_LINES] = "lines",
					    [PANEL_STEPS] = "steps",
					    [PANEL_STATES] = "states"};
	struct panel_spec *new;
	unsigned kind = PANEL_LINES;

	if (!json_is_object(map))
		return trouble_user(t, "a panel is no map");
	s->panels = pool_grow(p, s->panels, s->n_panels, sizeof *s->panels);
	new = &s->panels[s->n_panels++];
	if (!spec_word(map, "kind", kinds, PANEL_STATES + 1, &kind, t) ||
	    !spec_text(p, map, "title", &new->title, t) ||
	    !spec_names(p, map, "y", &new->y, t) ||
	    !spec_scale(map, "scale_y", &new->log_y, t))
		return false;
	new->kind = (enum panel_kind)kind;
	return true;
}

static bool read_panels(struct spec *s, struct pool *p, json_t *map,
			struct trouble *t)
{
	json_t *panels = json_object_get(map, "panels"), *panel;
	size_t i;

	if (panels && !json_is_array(panels))
		return trouble_user(t, "`panels` is no list");
	json_array_foreach(panels, i,
			   panel) if (!add_panel(s, p, panel, t)) return false;
	return true;
}

static bool read_stacked(struct spec *s, const json_t *map, struct trouble *t)
{
	static const char *const words[] = {"no", "yes"};
	unsigned i = 0;
	bool good = spec_word(map, "stacked", words, 2, &i, t);

	s->stacked = i == 1;
	return good;
}

bool spec_parts(struct spec *s, struct pool *p, json_t *map, struct trouble *t)
{
	return read_time(map, "from", &s->from, t) &&
	       read_time(map, "to", &s->to, t) &&
	       read_time(map, "margin", &s->margin, t) &&
	       spec_text(p, map, "around", &s->around, t) &&
	       read_marks(s, p, map, t) && read_ranges(s, p, map, t) &&
	       read_panels(s, p, map, t) && read_stacked(s, map, t);
}
