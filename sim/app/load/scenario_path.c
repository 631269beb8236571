/* SPDX-License-Identifier: MIT */
/* The path: which stages there are, what they are called, do they fit. */
#include "sim/app/load/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"

static const struct stage_type *find_type(const char *name)
{
	for (unsigned i = 0; stage_types[i]; i++)
		if (strcmp(stage_types[i]->name, name) == 0)
			return stage_types[i];
	return NULL;
}

/* Appends a stage with everything its type's defaults say. */
static struct stage_conf *
add_stage(struct loader *l, const struct stage_type *type, const char *name)
{
	struct stage_conf *s = mem_push(l->sc->stages, l->sc->n_stages);

	s->type = type;
	s->name = mem_text(name);
	s->params = mem_new(1, type->params_size);
	s->sources = mem_new(type->n_params, sizeof *s->sources);
	params_default(type->params, type->n_params, s->params);
	for (unsigned i = 0; i < l->defaults.n; i++)
		if (l->defaults.all[i].type == type)
			assign_apply(&l->defaults.all[i], s);
	return s;
}

/* A name is taken by a stage, and always by the parts of the machine. To the
 * database, names that differ in case alone are the same. */
static bool taken(struct loader *l, const char *name)
{
	for (unsigned i = 0; i < l->sc->n_stages; i++)
		if (strcasecmp(l->sc->stages[i].name, name) == 0)
			return true;
	for (unsigned i = 0; stage_types[i]; i++)
		if (stage_types[i]->home == HOME_MACHINE &&
		    strcasecmp(stage_types[i]->name, name) == 0)
			return true;
	return false;
}

static char *unique_name(struct loader *l, const char *type)
{
	char *name = mem_text(type);

	for (unsigned i = 2; taken(l, name); i++) {
		free(name);
		name = mem_format("%s%u", type, i);
	}
	return name;
}

/* The name that a path entry gives, or NULL. */
static const char *given_name(struct loader *l, const struct yaml *map)
{
	const struct yaml *y = yaml_get(map, "name");
	const char *name = y ? text_of(l, y, "name") : NULL;

	if (!name)
		return NULL;
	if (!is_name(name, false)) {
		gripe(l, y,
		      "\"%.60s\" is no name: write at most %d letters, digits, "
		      "_ and -, beginning with a letter or a digit",
		      name, MOST_NAME);
		return NULL;
	}
	if (taken(l, name)) {
		gripe(l, y, "the name \"%s\" is taken already", name);
		return NULL;
	}
	return name;
}

static void read_stage_params(struct loader *l, const struct stage_type *type,
			      const struct yaml *map, struct stage_conf *stage)
{
	struct assigns own = {0};

	for (unsigned i = 0; map->kind == YAML_MAP && i < map->n; i++)
		if (strcmp(map->entries[i].key, "name") != 0)
			read_param(l, type, map, &map->entries[i], &own);
	for (unsigned i = 0; i < own.n; i++)
		assign_apply(&own.all[i], stage);
	assigns_free(&own);
}

static void unknown_type(struct loader *l, const struct yaml *at,
			 const char *name)
{
	const char **known = NULL;
	unsigned n = 0;
	char near[128];

	for (unsigned i = 0; stage_types[i]; i++)
		if (stage_types[i]->home != HOME_MACHINE)
			*mem_push(known, n) = stage_types[i]->name;
	gripe(l, at, "there is no stage type \"%.60s\"%s", name,
	      meant(name, known, n, near, sizeof near));
	free(known);
	l->broken = true;
}

/* One stage of the path. `map` is NULL for a bare word. */
static void read_stage(struct loader *l, const struct yaml *at,
		       const char *word, const struct yaml *map)
{
	const struct stage_type *type = find_type(word);
	const char *given = map ? given_name(l, map) : NULL;
	char *name;

	if (!type) {
		unknown_type(l, at, word);
		return;
	}
	if (type->home == HOME_MACHINE) {
		gripe(l, at,
		      "%s is a part of the machine and there when it is "
		      "needed; set its parameters under defaults",
		      word);
		l->broken = true;
		return;
	}
	if (type->ns3)
		need_ns3(l, at, type->name);
	name = given ? mem_text(given) : unique_name(l, word);
	add_stage(l, type, name);
	free(name);
	if (map)
		read_stage_params(l, type, map,
				  &l->sc->stages[l->sc->n_stages - 1]);
	l->sc->n_path++;
}

static void read_element(struct loader *l, const struct yaml *y)
{
	const struct yaml *map;

	if (y->kind == YAML_TEXT && y->text) {
		read_stage(l, y, y->text, NULL);
		return;
	}
	if (y->kind != YAML_MAP || y->n != 1) {
		gripe(l, y,
		      "a stage is written as type: {name: …, parameters}, but "
		      "here is %s",
		      y->kind == YAML_MAP ? "a map of several keys"
					  : yaml_kind_name(y));
		l->broken = true;
		return;
	}
	map = y->entries[0].value;
	if (map->kind == YAML_LIST || (map->kind == YAML_TEXT && map->text)) {
		gripe(l, map, "%.60s is a map of parameters, but here is %s",
		      y->entries[0].key, yaml_kind_name(map));
		map = NULL;
	}
	read_stage(l, y, y->entries[0].key, map);
}

/* How a stage begins and ends, in words. */
static const char *begins(enum plug in)
{
	switch (in) {
	case PLUG_NONE:
		return "begins a path";
	case PLUG_PORT:
		return "takes packets from a port";
	case PLUG_RING:
		return "serves a ring";
	case PLUG_NET:
		return "begins with a network device's interface";
	case PLUG_VIF:
		return "begins with a pair of Xen rings";
	case PLUG_LINK:
		return "begins with a link";
	case PLUG_PCI:
		return "begins with devices on a bus";
	}
	return "";
}

static const char *ends(enum plug out)
{
	switch (out) {
	case PLUG_NONE:
		return "ends a path";
	case PLUG_PORT:
		return "sends packets to a port";
	case PLUG_RING:
		return "ends in a ring";
	case PLUG_NET:
		return "ends in a network device's interface";
	case PLUG_VIF:
		return "ends in a pair of Xen rings";
	case PLUG_LINK:
		return "ends in a link";
	case PLUG_PCI:
		return "ends in devices on a bus";
	}
	return "";
}

static bool fits(const struct stage_type *t, enum plug in, enum plug out)
{
	return (t->in == in && t->out == out) ||
	       (t->duplex && t->in == out && t->out == in);
}

/* "a, b or c": the types that begin and end so. "": there is none. */
static void list_fitting(enum plug in, enum plug out, char *text, size_t size)
{
	const char *names[64];
	unsigned n = 0;
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; stage_types[i] && n < COUNT(names); i++)
		if (stage_types[i]->home != HOME_MACHINE &&
		    fits(stage_types[i], in, out))
			names[n++] = stage_types[i]->name;
	for (unsigned i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i == 0	      ? ""
					 : i == n - 1 ? " or "
						      : ", ",
					 names[i]);
}

/* A stage that is the same on both sides stands as the one before it. Behind
 * another no path begins: who could begin one ends it there. */
static bool stands_reversed(const struct stage_conf *a,
			    const struct stage_type *b)
{
	enum plug ends_in = stage_ends(a);

	if (a->type->on_two)
		return false;
	if (!b->duplex || b->in == b->out)
		return b->duplex && a->reversed;
	return ends_in != b->in && (ends_in == b->out || b->in == PLUG_NONE);
}

/* Who stands on two devices has a way up to it before it, with its guest's
 * system, and a device right behind it. */
static bool stands_on_devices(struct loader *l, const struct yaml *at,
			      const struct stage_conf *a,
			      const struct stage_conf *b)
{
	if (b->type->on_two && !a->reversed) {
		gripe(l, at,
		      "%s stands on two devices, but before it the path leads "
		      "down to one: put a device and a system before it",
		      b->type->name);
		return false;
	}
	if (a->type->on_two && b->type->in == b->type->out) {
		gripe(l, at,
		      "%s stands on two devices, but %s is none: put a device "
		      "behind it",
		      a->type->name, b->type->name);
		return false;
	}
	return true;
}

static void check_pair(struct loader *l, const struct yaml *at,
		       const struct stage_conf *a, struct stage_conf *b)
{
	const char *left = a->type->name, *right = b->type->name;
	enum plug ends_in = stage_ends(a);
	char fitting[512];

	b->reversed = stands_reversed(a, b->type);
	if (!stands_on_devices(l, at, a, b))
		return;
	if (ends_in == stage_begins(b) && ends_in != PLUG_NONE)
		return;
	list_fitting(ends_in, stage_begins(b), fitting, sizeof fitting);
	if (ends_in == PLUG_NONE && stage_begins(b) == PLUG_NONE)
		gripe(l, at,
		      "%s begins a path, but %s ends one: if there are to be "
		      "several, each is a list of its own",
		      right, left);
	else if (ends_in == PLUG_NONE || stage_begins(b) == PLUG_NONE ||
		 !*fitting)
		gripe(l, at, "%s %s, but %s %s: they cannot follow each other",
		      right, begins(stage_begins(b)), left, ends(ends_in));
	else
		gripe(l, at, "%s %s, but %s %s: put %s between them", right,
		      begins(stage_begins(b)), left, ends(ends_in), fitting);
}

static void check_ends(struct loader *l, const struct yaml *path,
		       const struct stage_conf *first,
		       const struct stage_conf *last)
{
	enum plug in = stage_begins(first), out = stage_ends(last);
	char fitting[512];

	if (in != PLUG_NONE) {
		list_fitting(PLUG_NONE, in, fitting, sizeof fitting);
		gripe(l, path->entries[0].value,
		      "the path begins with %s, which %s: put %s before it",
		      first->type->name, begins(in),
		      *fitting ? fitting : "something");
	}
	if (out != PLUG_NONE) {
		list_fitting(out, PLUG_NONE, fitting, sizeof fitting);
		gripe(l, path->entries[path->n - 1].value,
		      "the path ends with %s, which %s: put %s behind it",
		      last->type->name, ends(out),
		      *fitting ? fitting : "something");
	}
}

/* Only when every element is a stage do positions and stages agree. */
static void check_fit(struct loader *l, const struct yaml *path, unsigned first)
{
	struct stage_conf *s = &l->sc->stages[first];
	unsigned mistakes = l->c->n;

	if (l->broken)
		return;
	s->reversed = s->type->duplex && s->type->out == PLUG_NONE;
	for (unsigned i = 1; i < path->n; i++)
		check_pair(l, path->entries[i].value, &s[i - 1], &s[i]);
	check_ends(l, path, &s[0], &s[path->n - 1]);
	if (l->c->n == mistakes)
		check_guests(l, path, s);
}

static bool somebody_lives(const struct loader *l, enum home home)
{
	for (unsigned i = 1; i <= l->sc->n_path; i++)
		if (l->sc->stages[i].type->home == home)
			return true;
	return false;
}

/* A unikernel, or a part of dom0, is on Xen. */
static bool is_on_xen(const struct loader *l)
{
	const struct stage_type *unikernel = find_type("mirage");

	for (unsigned i = 1; i <= l->sc->n_path; i++)
		if (l->sc->stages[i].type == unikernel)
			return true;
	return somebody_lives(l, HOME_DOM0);
}

/* Devices on a bus belong to a vCPU that is modelled exit by exit. */
static bool has_devices(const struct loader *l)
{
	for (unsigned i = 1; i <= l->sc->n_path; i++)
		if (l->sc->stages[i].type->in == PLUG_PCI ||
		    l->sc->stages[i].type->out == PLUG_PCI)
			return true;
	return false;
}

static void add_part(struct loader *l, const char *name)
{
	const struct stage_type *part = find_type(name);

	if (part)
		add_stage(l, part, part->name);
}

/* Whose code runs where decides which parts of the machine there are. */
static void add_machine(struct loader *l)
{
	if (is_on_xen(l))
		add_part(l, "xen");
	else if (somebody_lives(l, HOME_GUEST) ||
		 somebody_lives(l, HOME_KTHREAD) ||
		 somebody_lives(l, HOME_QEMU))
		add_part(l, "kvm");
	if (has_devices(l))
		add_part(l, "vmx");
	if (somebody_lives(l, HOME_QEMU))
		add_part(l, "qemu");
}

static void read_path(struct loader *l, const struct yaml *path)
{
	unsigned first = l->sc->n_stages;

	if (path->kind != YAML_LIST || path->n == 0) {
		gripe(l, path, "path is a list of stages, but here is %s",
		      path->kind == YAML_LIST ? "an empty one"
					      : yaml_kind_name(path));
		l->broken = true;
		return;
	}
	for (unsigned i = 0; i < path->n; i++)
		read_element(l, path->entries[i].value);
	check_fit(l, path, first);
}

/* Several lists are several paths, through guests of their own. */
static void read_paths(struct loader *l, const struct yaml *paths)
{
	for (unsigned i = 0; i < paths->n; i++)
		read_path(l, paths->entries[i].value);
	if (paths->n > 1 && !l->broken && !is_on_xen(l))
		gripe(l, paths,
		      "several paths need a machine with xen: on another there "
		      "is one guest");
}

void load_path(struct loader *l)
{
	const struct yaml *path = yaml_get(l->file, "path");

	add_stage(l, &run_type, "run");
	if (!path) {
		gripe(l, l->file,
		      "the scenario has no path: it says what a "
		      "packet goes through");
		l->broken = true;
		return;
	}
	if (path->kind == YAML_LIST && path->n > 0 &&
	    path->entries[0].value->kind == YAML_LIST)
		read_paths(l, path);
	else
		read_path(l, path);
	add_machine(l);
}
