/* SPDX-License-Identifier: MIT */
/*
 * What a path must be besides plugs that fit. Stages whose plugs are network
 * interfaces make up a guest, and what a guest needs cannot be seen from two
 * neighbours: one system, a stack that stands over it, a device below. And who
 * sends must be understood at the other end.
 */
#include "sim/app/load/loader.h"

#include <string.h>

static const struct yaml *place_of(const struct yaml *path, unsigned i)
{
	return path->entries[i].value;
}

static bool meets_next(const struct yaml *path, const struct stage_conf *s,
		       unsigned i)
{
	return i + 1 < path->n && stage_ends(&s[i]) == PLUG_NET;
}

/* Who stands as written has the device behind it, who is turned round before
 * it; so of two neighbours one would be above the other in vain. */
static void check_order(struct loader *l, const struct yaml *path,
			const struct stage_conf *s, unsigned i)
{
	const struct stage_conf *a = &s[i], *b = a + 1;

	if (a->reversed == b->reversed || a->type->on_two)
		return;
	gripe(l, place_of(path, i + 1),
	      a->reversed ? "%s and %s are both devices below a system: they "
			    "cannot follow each other"
			  : "%s and %s both need a device below them: they "
			    "cannot follow each other",
	      a->type->name, b->type->name);
}

/* From `from` to `to`. */
static void check_system(struct loader *l, const struct yaml *path,
			 const struct stage_conf *s, unsigned from, unsigned to)
{
	unsigned found = 0;

	for (unsigned i = from; i <= to; i++)
		if (s[i].type->system && ++found == 2)
			gripe(l, place_of(path, i),
			      "%s is the second system of its guest, which has "
			      "one",
			      s[i].type->name);
	if (!found)
		gripe(l, place_of(path, to),
		      "%s and %s are in a guest without a system: put mirage "
		      "or linux between them",
		      s[from].type->name, s[to].type->name);
}

/* Both ends of a path read each other's headers. */
static void check_protocols(struct loader *l, const struct yaml *path,
			    const struct stage_conf *s)
{
	unsigned last = path->n - 1;
	const struct stage_type *a = s[0].type, *b = s[last].type;

	if (!a->speaks || !b->speaks || strcmp(a->speaks, b->speaks) == 0)
		return;
	gripe(l, place_of(path, last),
	      "%s speaks %s, but %s at the other end speaks %s", b->name,
	      b->speaks, a->name, a->speaks);
}

void check_guests(struct loader *l, const struct yaml *path,
		  const struct stage_conf *s)
{
	unsigned mistakes = l->c->n;

	for (unsigned i = 0; i < path->n; i++)
		if (meets_next(path, s, i))
			check_order(l, path, s, i);
	if (l->c->n > mistakes)
		return;
	for (unsigned i = 0, from = 0; i < path->n; i++) {
		if (meets_next(path, s, i))
			continue;
		if (i > from)
			check_system(l, path, s, from, i);
		from = i + 1;
	}
	check_protocols(l, path, s);
}
