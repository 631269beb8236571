/* SPDX-License-Identifier: MIT */
#include "sim/app/load/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

void yaml_free(struct yaml *y)
{
	if (!y)
		return;
	for (unsigned i = 0; i < y->n; i++) {
		free(y->entries[i].key);
		yaml_free(y->entries[i].value);
	}
	free(y->entries);
	free(y->text);
	free(y);
}

struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (unsigned i = 0; i < map->n; i++)
		if (strcmp(map->entries[i].key, key) == 0)
			return map->entries[i].value;
	return NULL;
}

const char *yaml_kind_name(const struct yaml *y)
{
	switch (y->kind) {
	case YAML_TEXT:
		return y->text ? "a text" : "nothing";
	case YAML_LIST:
		return "a list";
	case YAML_MAP:
		return "a map";
	}
	return "nothing";
}

struct yaml *yaml_copy(const struct yaml *y, unsigned depth, unsigned *budget)
{
	struct yaml *copy;

	if (depth == 0 || *budget == 0)
		return NULL;
	--*budget;
	copy = mem_new(1, sizeof *copy);
	*copy = *y;
	copy->text = mem_text(y->text);
	copy->entries = NULL;
	copy->n = 0;
	for (unsigned i = 0; i < y->n; i++) {
		struct yaml_entry *e;
		struct yaml *value =
			yaml_copy(y->entries[i].value, depth - 1, budget);

		if (!value) {
			yaml_free(copy);
			return NULL;
		}
		e = mem_push(copy->entries, copy->n);
		*e = y->entries[i];
		e->key = mem_text(y->entries[i].key);
		e->value = value;
	}
	return copy;
}

void yaml_drop_repeated(struct yaml *y)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < y->n; i++) {
		struct yaml_entry *e = &y->entries[i];

		if (e->repeated) {
			free(e->key);
			yaml_free(e->value);
			continue;
		}
		yaml_drop_repeated(e->value);
		y->entries[kept++] = *e;
	}
	y->n = kept;
}
