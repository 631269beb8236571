/* SPDX-License-Identifier: MIT */
/* Settings by name: `host.burst`; and --set, which uses them first. */
#define _GNU_SOURCE /* strchrnul() */
#include "sim/app/load/loader.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

void list_keys(struct loader *l)
{
	const struct scenario *sc = l->sc;

	for (unsigned i = 0; i < sc->n_stages; i++)
		for (unsigned j = 0; j < sc->stages[i].type->n_params; j++)
			*mem_push(l->keys, l->n_keys) =
				mem_format("%s.%s", sc->stages[i].name,
					   sc->stages[i].type->params[j].name);
}

const char *setting_key(struct loader *l, struct setting s)
{
	unsigned at = s.row;

	for (unsigned i = 0; i < s.stage; i++)
		at += l->sc->stages[i].type->n_params;
	return l->keys[at];
}

bool lookup_setting(struct loader *l, const char *key, struct setting *out)
{
	unsigned at = 0;

	for (unsigned i = 0; i < l->sc->n_stages; i++) {
		unsigned n = l->sc->stages[i].type->n_params;

		for (unsigned j = 0; j < n; j++) {
			if (strcmp(l->keys[at + j], key) != 0)
				continue;
			*out = (struct setting){i, j};
			return true;
		}
		at += n;
	}
	return false;
}

/* Does `known` mean the same of another stage: is `typed` that row without a
 * stage, or behind the stage's type, or behind a stage that has none? */
static bool same_row(const struct scenario *sc, const char *typed,
		     const char *known)
{
	const char *row = strchr(known, '.'), *dot = strchr(typed, '.');
	bool same = false;

	if (row && strcmp(row + 1, typed) == 0)
		return true;
	if (!row || !dot || strcmp(row, dot) != 0)
		return false;
	for (unsigned i = 0; i < sc->n_stages && !same; i++) {
		const struct stage_conf *s = &sc->stages[i];
		char *named = mem_format("%s%s", s->name, dot);
		char *typed_so = mem_format("%s%s", s->type->name, dot);

		same = strcmp(named, typed) == 0 ||
		       (strcmp(typed_so, typed) == 0 &&
			strncmp(known, named, strlen(named)) == 0);
		free(named);
		free(typed_so);
	}
	return same;
}

char *meant_of_stage(const struct loader *l, const char *typed,
		     const char *const *known, unsigned n, char *out,
		     size_t size)
{
	const char *same[2] = {NULL, NULL};
	unsigned found = 0;

	for (unsigned i = 0; i < n && found < COUNT(same); i++)
		if (same_row(l->sc, typed, known[i]))
			same[found++] = known[i];
	if (!found)
		return meant(typed, known, n, out, size);
	snprintf(out, size, "; did you mean %s%s%s?", same[0],
		 same[1] ? " or " : "", same[1] ? same[1] : "");
	return out;
}

/* With a broken path nobody knows whether `key` means one of its stages. */
static bool may_be_broken(struct loader *l, const char *key)
{
	char *stage = mem_text(key);
	bool known;

	*strchrnul(stage, '.') = '\0';
	known = scenario_stage(l->sc, stage) >= 0;
	free(stage);
	return l->broken && !known;
}

bool find_setting(struct loader *l, const struct yaml *in,
		  const struct yaml_entry *at, const char *key,
		  struct setting *out)
{
	char near[160];

	if (lookup_setting(l, key, out))
		return true;
	if (may_be_broken(l, key))
		return false;
	complain(l->c, in ? in->file : NULL, at ? at->line : 0,
		 at ? at->column : 0, "there is no setting \"%.60s\"%s", key,
		 meant_of_stage(l, key, l->keys, l->n_keys, near, sizeof near));
	return false;
}

static void load_set(struct loader *l, const char *text)
{
	const char *value = strchr(text, '=');
	struct stage_conf *stage;
	struct assign a = {.source = (char *)"set"};
	struct setting s;
	char why[512];
	char *key;

	if (!value || value == text) {
		complain(l->c, NULL, 0, 0,
			 "--set %.60s: write it as stage.parameter=value",
			 text);
		return;
	}
	key = mem_text(text);
	key[value - text] = '\0';
	if (find_setting(l, NULL, NULL, key, &s)) {
		stage = &l->sc->stages[s.stage];
		a.type = stage->type;
		a.row = s.row;
		a.text = canonical(setting_row(l->sc, s), value + 1, why);
		if (a.text)
			assign_apply(&a, stage);
		else
			complain(l->c, NULL, 0, 0, "--set %s: %s", key, why);
		free(a.text);
	}
	free(key);
}

void load_sets(struct loader *l, char *const *sets, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		load_set(l, sets[i]);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *keep_text(struct loader *l, const char *text)
{
	struct loaded *loaded = (struct loaded *)l->sc;
	char **found = tfind(text, &loaded->texts, compare);

	if (!found)
		found = tsearch(mem_text(text), &loaded->texts, compare);
	if (!found)
		abort(); /* mem_text() would have ended us first */
	return *found;
}

const char *setting_base(struct loader *l, struct setting s)
{
	const struct param *row = setting_row(l->sc, s);
	char text[512];

	param_format(row, param_field(row, l->sc->stages[s.stage].params), text,
		     sizeof text);
	return keep_text(l, text);
}

const char *setting_value(struct loader *l, struct setting s,
			  const struct yaml *y)
{
	const char *text = text_of(l, y, "a value");
	const char *kept;
	char why[512];
	char *value;

	if (!text)
		return NULL;
	if (strcmp(text, "default") == 0)
		return setting_base(l, s);
	value = canonical(setting_row(l->sc, s), text, why);
	if (!value) {
		gripe(l, y, "%s: %s", setting_key(l, s), why);
		return NULL;
	}
	kept = keep_text(l, value);
	free(value);
	return kept;
}
