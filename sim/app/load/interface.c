/* SPDX-License-Identifier: MIT */
/* pcap: which stages have an interface whose packets can be recorded. */
#include "sim/app/load/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* The only one of a stage's two sides that has this plug: the joint there, 0 if
 * there is none or two. Joint j is between stages j and j + 1. */
static unsigned only_side(const struct scenario *sc, unsigned i, enum plug plug)
{
	const struct stage_conf *s = &sc->stages[i];
	bool left = stage_begins(s) == plug, right = stage_ends(s) == plug;

	if (left == right)
		return 0;
	return left ? i - 1 : i;
}

unsigned scenario_interface(const struct scenario *sc, unsigned i)
{
	unsigned link;

	if (i == 0 || i > sc->n_path)
		return 0;
	link = only_side(sc, i, PLUG_LINK);
	return link ? link : only_side(sc, i, PLUG_NET);
}

/* "a, b or c" of those that have one. */
static char *those_with(const struct scenario *sc)
{
	unsigned n = 0, k = 0;
	char *text = mem_text("");

	for (unsigned i = 1; i <= sc->n_path; i++)
		n += scenario_interface(sc, i) > 0;
	for (unsigned i = 1; i <= sc->n_path; i++) {
		char *longer;

		if (!scenario_interface(sc, i))
			continue;
		longer = mem_format("%s%s%s", text,
				    k == 0	 ? ""
				    : k == n - 1 ? " and "
						 : ", ",
				    sc->stages[i].name);
		free(text);
		text = longer;
		k++;
	}
	return text;
}

static void without(struct loader *l, const struct yaml *y, const char *name)
{
	char *those = those_with(l->sc);

	if (*those)
		gripe(l, y,
		      "%s is no network interface; the path has those of %s",
		      name, those);
	else
		gripe(l, y, "%s is no network interface, and the path has none",
		      name);
	free(those);
}

/* The recorded one that is at this joint, or NULL. */
static const char *taken_by(const struct scenario *sc, unsigned joint)
{
	for (unsigned i = 0; i < sc->n_pcap; i++)
		if (scenario_interface(sc, sc->pcap[i]) == joint)
			return sc->stages[sc->pcap[i]].name;
	return NULL;
}

static void unknown(struct loader *l, const struct yaml *y, const char *name)
{
	const char **known = NULL;
	unsigned n = 0;
	char near[128];

	for (unsigned i = 1; i <= l->sc->n_path; i++)
		*mem_push(known, n) = l->sc->stages[i].name;
	gripe(l, y, "there is no stage \"%.60s\"%s", name,
	      meant(name, known, n, near, sizeof near));
	free(known);
}

static void read_one(struct loader *l, const struct yaml *y)
{
	const char *name = text_of(l, y, "an interface"), *other;
	struct scenario *sc = l->sc;
	unsigned joint;
	int i;

	if (!name || l->broken)
		return;
	i = scenario_stage(sc, name);
	if (i < 0) {
		unknown(l, y, name);
		return;
	}
	joint = scenario_interface(sc, (unsigned)i);
	other = taken_by(sc, joint);
	if (!joint)
		without(l, y, name);
	else if (other && strcmp(other, name) == 0)
		gripe(l, y, "%s is recorded already", name);
	else if (other)
		gripe(l, y, "%s and %s are two ends of the same: record one",
		      other, name);
	else
		*mem_push(sc->pcap, sc->n_pcap) = (unsigned)i;
}

void load_pcap(struct loader *l)
{
	const struct yaml *y = yaml_get(l->file, "pcap");

	if (!y)
		return;
	if (y->kind != YAML_LIST) {
		gripe(l, y, "pcap is a list of stages, but here is %s",
		      yaml_kind_name(y));
		return;
	}
	for (unsigned i = 0; i < y->n; i++)
		read_one(l, y->entries[i].value);
}
